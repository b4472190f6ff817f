"""The bootstrap stack: what an account needs once, before the service."""

from collections.abc import Callable
from pathlib import Path

from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import SMALL_SITE
from tests.synthesized import Synthesized


def test_there_is_none_unless_the_site_asks(stack_with: Callable[..., Synthesized]) -> None:
    folder = stack_with().folder.parent
    assert [each.name for each in folder.iterdir()] == ["clinic"]


def bootstrap(tmp_path: Path, **state: object) -> Synthesized:
    synthesize([SiteSettings.model_validate({**SMALL_SITE, "state": {"bootstrap": True, **state}})], tmp_path)
    return Synthesized.read(tmp_path / "stacks" / "clinic-bootstrap")


def test_services_are_activated(tmp_path: Path) -> None:
    data = bootstrap(tmp_path).json["data"]
    assert {kind.removeprefix("alicloud_").removesuffix("_service") for kind in data} == {
        "fc",
        "kms",
        "log",
        "oss",
        "ots",
        "pvtz",
        "sae",
    }
    assert {each["enable"] for named in data.values() for each in named.values()} == {"On"}


def test_state_bucket_and_lock_table_are_those_of_the_service_stack(tmp_path: Path) -> None:
    stack = bootstrap(tmp_path, backend="oss")
    backend = Synthesized.read(tmp_path / "stacks" / "clinic").json["terraform"]["backend"]["oss"]
    assert stack.resources["state"]["bucket"] == backend["bucket"]
    assert stack.resources["lock-table"]["table_name"] == backend["tablestore_table"]
    assert backend["tablestore_endpoint"].startswith(f"https://{stack.resources['lock']['name']}.")
    assert stack.resources["lock-table"]["primary_key"] == [{"name": "LockID", "type": "String"}]
    assert stack.resources["state"]["lifecycle"]["prevent_destroy"] is True


def test_local_state_needs_no_bucket(tmp_path: Path) -> None:
    assert "state" not in bootstrap(tmp_path).resources


def test_its_own_state_is_local_since_it_makes_the_bucket(tmp_path: Path) -> None:
    assert list(bootstrap(tmp_path, backend="oss").json["terraform"]["backend"]) == ["local"]


def test_the_role_that_encrypts_databases_exists_before_them(tmp_path: Path) -> None:
    role = bootstrap(tmp_path).resources["rds-encryption"]
    assert role["role_name"] == "AliyunRDSInstanceEncryptionDefaultRole"
