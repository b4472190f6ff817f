// The runtime that jsii is pointed at by JSII_RUNTIME (constructs/dicom_cdk/node.py), beside lib/program.js of the jsii package.
//
// jsii's own bin/jsii-runtime.js starts a second Node for lib/program.js, only so that what packages print does not get between
// the answers, and hands every question and answer on. Here one Node does both: the channel that program.js expects at
// descriptor 3 is standard input and output, and what is printed goes to standard error in the form that jsii reads there.
"use strict";
const fs = require("fs");
const path = require("path");
const { Writable } = require("stream");

// A terminal sends Ctrl-C to this process too. Python hears it, and ends this one by closing the channel.
process.on("SIGINT", () => {});

const [STDIN, STDOUT, STDERR, CHANNEL] = [0, 1, 2, 3];
const { readSync, writeSync } = fs;
fs.readSync = (descriptor, ...rest) => readSync(descriptor === CHANNEL ? STDIN : descriptor, ...rest);
fs.writeSync = (descriptor, ...rest) => writeSync(descriptor === CHANNEL ? STDOUT : descriptor, ...rest);

for (const name of ["stdout", "stderr"]) {
  const write = (chunk, _encoding, done) => {
    writeSync(STDERR, `${JSON.stringify({ [name]: chunk.toString("base64") })}\n`);
    done();
  };
  Object.defineProperty(process, name, { value: new Writable({ write }) });
}

// cdktf keeps the whole stack of every token, all of it of jsii and cdktf: a fifth of what Node does in a synthesis. Errors have theirs.
const { captureStackTrace } = Error;
Error.captureStackTrace = (object, below) => {
  if (Error.stackTraceLimit < Number.MAX_SAFE_INTEGER) captureStackTrace(object, below);
};

// Given in NODE_OPTIONS, and looked for among the arguments: packages are links into jsii's cache instead of copies.
process.execArgv.push("--preserve-symlinks");
require(path.join(__dirname, "lib", "program.js"));
