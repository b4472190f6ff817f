"""PyYAML with patterns that are compiled when they are used reads as it reads by itself."""

import json
import subprocess
import sys

import pytest
import yaml

TEXTS = (
    "since: 2026-01-31\nat: 2026-01-31 10:00:00 +02:00\n",
    "numbers: [1, 1_000, 0x1F, 017, 190:20:30, 1.5e+3, .inf, -4]\n",
    "words: [yes, No, on, ~, null, <<, =, plain, 'é', 'Größe', 12:30]\n",
    "a: 1\n\tb: 2\n",
    "note: 'bell \x07'\n",
    "note: \x85next line\n",
    "note: \ufffe\n",
    "note: 😀\n",
)
READ = """
import json, sys
{first}
import re, yaml
assert sys.modules["re"] is re and isinstance(re.compile("a"), re.Pattern), "re is everybody's again"

def read(text, kind):
    try:
        return repr(yaml.load(text, kind))
    except yaml.YAMLError as error:
        return str(error)

search = yaml.reader.Reader.NON_PRINTABLE.search
json.dump(
    {{
        "read": [read(text, kind) for text in json.load(sys.stdin) for kind in (yaml.SafeLoader, yaml.CSafeLoader)],
        "forbidden": [code for code in range(0x11000) if search("text " + chr(code))],
    }},
    sys.stdout,
)
"""


def program(first: str) -> dict[str, list[object]]:
    """What a Python that begins with `first` makes of the texts, and which characters it refuses."""
    done = subprocess.run(
        [sys.executable, "-c", READ.format(first=first)],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[object]] = json.loads(done.stdout)
    return said


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML was built without libyaml")
def test_every_text_and_every_character_is_read_as_pyyaml_reads_it() -> None:
    own = program("")
    assert program("from dicom_cdk.settings.quick_yaml import yaml") == own
    allowed = {
        9,
        10,
        13,
        *range(0x20, 0x7F),
        0x85,
        *range(0xA0, 0xD800),
        *range(0xE000, 0xFFFE),
        *range(0x10000, 0x11000),
    }
    assert own["forbidden"] == [code for code in range(0x11000) if code not in allowed]


def test_plain_text_is_searched_for_forbidden_characters_without_compiling_the_pattern() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from dicom_cdk.settings.quick_yaml import yaml\n"
            "pattern = yaml.reader.Reader.NON_PRINTABLE\n"
            "yaml.safe_load('name: clinic\\n')\n"
            "print('_pattern' in vars(pattern))\n"
            "yaml.safe_load('name: Größe\\n')\n"
            "print('_pattern' in vars(pattern))\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\nTrue\n"
