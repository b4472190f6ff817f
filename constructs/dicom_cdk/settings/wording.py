"""What a setting allows, in words: errors and the settings reference never show a regular expression.

A test holds that every pattern has its words here, and no words without a pattern.
"""

from typing import Any

from dicom_cdk.settings.errors import listed

Schema = dict[str, Any]

UNITS = {
    "_gb": "GB",
    "_mb": "MiB",
    "_mbps": "Mbit/s",
    "_days": "days",
    "_months": "months",
    "_seconds": "seconds",
    "_percent": "percent",
    "_millicores": "thousandths of a core",
    "_cores": "cores",
}
"""The ending of a key and its unit."""

PATTERNS = {
    r"^[a-z][a-z0-9-]{1,18}[a-z0-9]$": "3 to 20 lower-case letters, digits and hyphens, beginning with a letter, "
    "not ending in a hyphen",
    r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$": "a region id such as cn-shanghai",
    r"^[0-9]{16}$": "16 digits in quotes",
    r"^[0-9./]{9,18}$": "an IPv4 network such as 172.18.80.0/20",
    r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$": "an IPv4 address such as 172.18.92.187",
    r"^ecs\.[a-z0-9-]+\.[a-z0-9]+$": "an ECS instance type such as ecs.g7.xlarge",
    r"^[A-Za-z0-9_.-]{4,128}$": "an image id: 4 to 128 letters, digits, dots, underscores and hyphens",
    r"^PL[0-3]$": "PL0, PL1, PL2 or PL3",
    r"^[A-Za-z0-9-]{4,64}$": "an id such as vpc-uf6example: 4 to 64 letters, digits and hyphens",
    r"^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$": "an image reference "
    "registry/repository:tag or registry/repository@sha256:digest, the repository in lower case",
    r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$": "an image tag: at most 128 letters, digits, dots, underscores and hyphens",
    r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$": "a time zone such as Asia/Shanghai",
    r"^[A-Za-z0-9_-]{1,64}$": "1 to 64 letters, digits, hyphens and underscores",
    r"^[A-Za-z0-9_.-]{1,16}$": "an AE title: 1 to 16 letters, digits, dots, underscores and hyphens",
    r"^[!-\[\]-~]([ -\[\]-~]{0,14}[!-\[\]-~])?$": "an AE title: 1 to 16 characters of ASCII, no backslash, "
    "no blank at either end",
    r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\.(pem|crt|cer)$": "a certificate's file beside the site file, such as "
    "certificates/north.pem",
    r"^(pg|pgx?)\.[a-z0-9.]+$": "an RDS instance type for PostgreSQL such as pg.n2.2c.2m",
    r"^[a-z][a-z0-9_-]{0,61}[a-z0-9]$": "2 to 63 lower-case letters, digits, underscores and hyphens, beginning with a letter, "
    "ending with a letter or digit",
    r"^[a-z][a-z0-9_]{0,61}[a-z0-9]$": "2 to 63 lower-case letters, digits and underscores, beginning with a letter, "
    "ending with a letter or digit",
    r"^[0-2][0-9]:00Z-[0-2][0-9]:00Z$": "one full hour (UTC) such as 19:00Z-20:00Z",
    r"^[A-Za-z][A-Za-z0-9-]{0,35}$": "1 to 36 letters, digits and hyphens, beginning with a letter",
    r"^[a-z0-9]{1,20}$": "1 to 20 lower-case letters and digits",
    r"^dc=[a-z0-9-]+(,dc=[a-z0-9-]+)*$": "domain components such as dc=dcm4che,dc=org",
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$": "a domain in lower case such as www.dicomweb-example.com",
    r"^https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?$": "an origin https://HOST or https://HOST:PORT in lower case, "
    "without a slash at the end",
    r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$": "1 to 64 letters, digits, hyphens and underscores, not beginning with a digit or hyphen",
    r"^[A-Za-z0-9._:/-]{1,128}$": "the name of a claim, or the way to it with dots: 1 to 128 letters, digits and . _ : / -",
    r"^[A-Za-z0-9_.-]{1,40}$": "1 to 40 letters, digits and _ . -",
    r"^(tr-attach|ri)-[a-z0-9]+$": "a transit router's attachment such as tr-attach-uf6abc, or "
    "a router interface such as ri-uf6abc",
    r"^[A-Za-z0-9._:/@-]{1,128}$": "a role of 1 to 128 letters, digits and . _ : / @ -",
    r"^[A-Za-z0-9._~+/=-]{1,128}$": "a key id of 1 to 128 letters, digits and . _ ~ + / = -",
    r"^[A-Za-z0-9._~:/@-]{1,255}$": "1 to 255 letters, digits and . _ ~ : / @ -",
    r"^[A-Za-z0-9._~:/@-]+( [A-Za-z0-9._~:/@-]+)*$": "words of letters, digits and . _ ~ : / @ - with single blanks between them",
    r"^https://[^/?#\s]+(/[^?#\s]*)?$": "an address https://… without query",
    r"^[A-Za-z0-9_./-]*$": "letters, digits, dots, underscores, hyphens and slashes",
    r"^[a-z0-9][a-z0-9._-]{0,118}[a-z0-9]$": "2 to 120 lower-case letters, digits, dots, underscores and hyphens, "
    "beginning and ending with a letter or digit",
    r"^[0-9a-f]{64}$": "64 lower-case hexadecimal digits",
    r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$": "a folder such as dicom-cdk or team/dicom, without a slash at either end",
    r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$": "a folder such as north or clinics/north, without a slash at either end",
    r"^[a-zA-Z][a-zA-Z0-9-]{1,14}[a-zA-Z0-9]$": "3 to 16 letters, digits and hyphens, beginning with a letter, "
    "not ending in a hyphen",
    r"^[a-zA-Z_][a-zA-Z0-9_]{0,254}$": "1 to 255 letters, digits and underscores, not beginning with a digit",
    r"^https://[a-z0-9.-]+$": "https:// and a host name",
    r"^CKV2?_[A-Z0-9]+_[0-9]+$": "the id of a policy such as CKV_ALI_1",
    r"^[a-z0-9_]+\.[A-Za-z0-9_*-]+$": "a Terraform address such as alicloud_oss_bucket.storage_images or alicloud_kms_secret.*",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "a mail address such as ops@example.com",
}


def describe(schema: Schema, name: str = "") -> str:
    """What a value may be, in words. `name`: the key, whose ending tells the unit."""
    if "enum" in schema:
        return listed([value for value in schema["enum"] if value is not None])
    unit = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    match type_of(schema):
        case "integer":
            return _whole_number(schema) + (f" ({unit})" if unit else "")
        case "boolean":
            return "true or false"
        case "array":
            return f"a list, each {describe(schema['items'])}"
        case "object":
            return "a map"
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    if schema.get("format") == "date":
        return "a day such as 2027-03-31"
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if high is not None:
        return f"{low} to {high} characters"
    return f"text of at least {low} characters" if low > 1 else "text"


def _whole_number(schema: Schema) -> str:
    text = "a whole number"
    if "minimum" in schema and "maximum" in schema:
        text += f" from {schema['minimum']} to {schema['maximum']}"
    step = schema.get("multipleOf", 1)
    return f"{text}, a multiple of {step}" if step != 1 else text


def type_of(schema: Schema) -> str:
    """The schema's type, null left aside."""
    named = schema["type"]
    return str(named if isinstance(named, str) else named[0])
