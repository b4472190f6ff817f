// TypeScript of the trimmed provider schema, by the official generator: node generate.js SCHEMA.json CONSTRAINT OUT_DIR
// The generator's own command would run Terraform and the provider to read the schema; this needs neither.
const fs = require("fs");
const { CodeMaker } = require("codemaker");
const { ConstructsMakerProviderTarget, Language } = require("@cdktf/commons");
const { TerraformProviderConstraint, TerraformProviderGenerator } = require("@cdktf/provider-generator");

async function main([schemaFile, constraint, outDir]) {
  const code = new CodeMaker();
  const generator = new TerraformProviderGenerator(code, JSON.parse(fs.readFileSync(schemaFile, "utf8")));
  generator.generate(
    new ConstructsMakerProviderTarget(new TerraformProviderConstraint(constraint), Language.TYPESCRIPT),
  );
  await code.save(outDir);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
