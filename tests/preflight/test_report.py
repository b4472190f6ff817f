"""The texts of a preflight of a stack that is kept beside them, whole: an account where all is well, and one where nothing is."""

import json

import pytest

from dicom_cdk import cli
from tests.account import market
from tests.account.vendor import Answer, Vendor, error
from tests.conftest import ROOT

pytestmark = pytest.mark.server

STACK = ROOT / "tests/account/clinic"
GOLDENS = ROOT / "tests/preflight/goldens"
NOTHING: dict[str, Answer] = {
    "DescribeAccountAttributes": error("Forbidden.RAM", "not authorized", 403),
    "GetServiceProvisions": {"ServiceProvisions": [{"ServiceName": "OSS", "Status": "Disabled"}]},
    "DescribeAvailableResource 2014-05-26": market.available_resource(
        {"cn-shanghai-b": {"ecs.g7.xlarge": "WithStock"}}
    ),
    "DescribeInstanceTypes": error("Throttling"),
    "DescribeImages": {"Images": {"Image": []}},
    "DescribeAvailableZones": market.database_zones({"cn-shanghai-l": (("14.0", "HighAvailability", "cloud_essd3"),)}),
    "DescribeAvailableClasses": {"DBInstanceClasses": []},
    "DescribeAvailableResource 2014-05-15": market.balancer_pairs(("cn-shanghai-b", "cn-shanghai-g")),
    "DescribeInstanceSpecifications": {"Data": []},
    "DescribeRegions": {"Regions": {"Region": [{"RegionId": "cn-beijing"}]}},
    "GetFunction": {"functionName": "clinic-dicomweb-do"},
    "ListInstance": {"Instances": [{"InstanceName": "clinic-1234567890123456"}]},
    "ListInstanceRegion": {"Regions": [{"RegionId": "cn-beijing"}]},
    "GetTemplateEstimateCost": error("StackValidationFailed", "not sold"),
    "GetBucketInfo": error("AccessDenied", "not yours", 403),
    "GetProject": error("Unauthorized", "not yours", 401),
    "DescribeAccountKmsStatus": {"AccountStatus": "NotEnabled"},
    "ListKmsInstances": {"KmsInstances": {"KmsInstance": []}},
    "DescribeSecret": {"SecretName": "x", "PlannedDeleteTime": "2026-12-01T00:00:00Z"},
    "ListProductQuotas": {"Quotas": []},
    "DescribeDomains": {"Domains": {"Domain": []}},
    "CheckCdnDomainICP": {"Status": "DomainNotRegistration"},
    "QueryAccountBalance": {"Data": {"AvailableAmount": "0"}},
    "DescribeMetricMetaList": {"Resources": {"Resource": []}},
}


@pytest.mark.parametrize(("name", "spoiled", "code"), [("all-well", {}, 0), ("nothing-well", NOTHING, 1)])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_text_is_the_golden_one(
    name: str, spoiled: dict[str, Answer], code: int, form: str, cloud: Vendor, regenerate: bool,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for variable in ("TF_VAR_gateway_certificate", "TF_VAR_gateway_private_key"):
        monkeypatch.delenv(variable, raising=False)
    cloud.answers.update(spoiled)
    assert cli.main(["preflight", "--stack-dir", str(STACK), "--format", form]) == code
    said = capsys.readouterr().out
    golden = GOLDENS / f"{name}.{'md' if form == 'markdown' else 'txt'}"
    if regenerate:
        golden.write_text(said)
    assert said == golden.read_text(), (
        "run: pytest tests/preflight/test_report.py --regenerate, and read the difference"
    )
    assert "made-up" not in said
    assert cloud.refused == []


def test_json_holds_the_same_lines(cloud: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["preflight", "--stack-dir", str(STACK), "--format", "json"]) == 0
    stack = json.loads(capsys.readouterr().out)["clinic"]
    assert stack["verdict"] == "ready"
    assert {one["verdict"] for one in stack["findings"]} == {"ok", "look"}
    assert set(stack["findings"][0]) == {"area", "name", "verdict", "said", "do", "paste"}
    assert cloud.refused == []
