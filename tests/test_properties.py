"""Over random valid sites: synthesis never crashes, is the same twice, stays inside its networks and keeps no secret."""

import json
import re
import tempfile
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings

from dicom_cdk.payload import unpack
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.settings.loader import load_site
from dicom_cdk.synth import synthesize
from tests.settings.strategies import valid_sites

NETWORK = re.compile(r'"(\d{1,3}(?:\.\d{1,3}){3}/\d{1,2})"')
ADDRESS = re.compile(r'"(?:ldap://)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?"')
HEALTH_CHECKS = IPv4Network("100.64.0.0/10")


findings_of = cache(findings)
"""Most files of a host are the same on every site."""


def _synthesize(site: dict[str, Any], folder: Path) -> dict[str, str]:
    path = folder / "site.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True))
    out = Path(tempfile.mkdtemp(dir=folder))
    synthesize([load_site(path)], out)
    return {each.relative_to(out).as_posix(): each.read_text() for each in out.rglob("*.json")}


@settings(max_examples=12, deadline=None, derandomize=True)
@given(site=valid_sites())
def test_a_random_valid_site_synthesizes_the_same_twice_within_its_networks_and_without_a_secret(
    site: dict[str, Any],
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        made = _synthesize(site, Path(scratch))
        assert made == _synthesize(site, Path(scratch))
    text = made[f"stacks/{site['name']}/cdk.tf.json"]
    stack = json.loads(text)
    network = site["network"]
    allowed = [IPv4Network(network["cidr"]), HEALTH_CHECKS]
    allowed += map(IPv4Network, (*network.get("hospital_cidrs", ()), *network.get("operator_cidrs", ())))
    for found in NETWORK.findall(text):
        assert any(IPv4Network(found).subnet_of(each) for each in allowed), found
    for found in ADDRESS.findall(text):
        assert IPv4Network(found).subnet_of(allowed[0]), found
    for usage in unpack.usages(stack):
        usage.check()
    for payload in unpack.payloads(stack):
        assert findings_of(payload.text) == [], payload.address
        for bundle in payload.bundles:
            for file in bundle.files:
                assert findings_of(file.content.decode()) == [], f"{payload.address}: {file.path}"
