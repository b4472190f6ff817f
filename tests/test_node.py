"""Node under cdktf: one process, whose prints never get between its answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dicom_cdk import node, shipped

CHANNEL = """\
const fs = require("fs");
console.log("printed");
console.error("complained");
const question = Buffer.alloc(100);
const length = fs.readSync(3, question, 0, 100, null);
fs.writeSync(3, `answer to ${question.toString("utf8", 0, length)}`);
fs.writeSync(3, String(process.execArgv.includes("--preserve-symlinks")));
"""
STARTED = """\
import os, pathlib
from dicom_cdk import node
before = dict(os.environ)
node.start()
from cdktf import Fn
assert Fn.jsonencode({"a": 1})
now = {name: value for name, value in os.environ.items() if before.get(name) != value}
children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
of_them = [pathlib.Path(f"/proc/{each}/task/{each}/children").read_text().split() for each in children]
print(len(children), of_them, sorted(set(now) & {"JSII_RUNTIME", "NODE_OPTIONS"}))
"""


def python(program: str, folder: Path, **environment: str) -> str:
    """What it prints; its temporary files are below `folder`."""
    surroundings = {name: value for name, value in os.environ.items() if name not in ("JSII_RUNTIME", "NODE_OPTIONS")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=surroundings | {"TMPDIR": str(folder)} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="children of a process are read from /proc")
def test_one_node_is_started_where_jsii_starts_two_and_nothing_of_it_stays(tmp_path: Path) -> None:
    assert python(STARTED, tmp_path) == "1 [[]] []", "one child without a child; our environment is as it was"
    assert list(tmp_path.glob("dicom-cdk-node-*")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="children of a process are read from /proc")
def test_a_runtime_that_somebody_chose_is_started_as_they_say(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    folder = Path(sys.prefix)
    (embedded,) = folder.glob("lib/python*/site-packages/jsii/_embedded/jsii")
    (tmp_path / "bin").mkdir()
    for name in ("bin/jsii-runtime.js", "lib/program.js"):
        (tmp_path / name).write_bytes((embedded / name.replace("/", "__")).read_bytes())
    runtime = tmp_path / "bin/jsii-runtime.js"
    children, of_them = python(STARTED, tmp_path, JSII_RUNTIME=str(runtime)).split(" ", 1)
    assert children == "1"
    assert of_them.count("'") == 2, "jsii's own runtime has a child"


def test_what_packages_print_goes_where_jsii_reads_prints_and_answers_go_alone(tmp_path: Path) -> None:
    node.choose()
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/program.js").write_text(CHANNEL)
    (tmp_path / "one_process.js").write_bytes(shipped.path("assets/jsii/one_process.js").read_bytes())
    done = subprocess.run(
        [os.environ["JSII_NODE"], "one_process.js"], cwd=tmp_path, input="question", capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "answer to questiontrue")
    assert done.stderr == '{"stdout":"cHJpbnRlZAo="}\n{"stderr":"Y29tcGxhaW5lZAo="}\n'
