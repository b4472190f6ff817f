"""The bootstrap stack: what an account needs once, before the service."""

from collections.abc import Callable

import pytest

from tests.synthesized import Synthesized


def test_there_is_none_unless_the_site_asks(stack_with: Callable[..., Synthesized]) -> None:
    folder = stack_with().folder.parent
    assert [each.name for each in folder.iterdir()] == ["clinic"]


@pytest.fixture(scope="module")
def local(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with("clinic-bootstrap", state={"bootstrap": True})


@pytest.fixture(scope="module")
def in_bucket(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with("clinic-bootstrap", state={"bootstrap": True, "backend": "oss"})


def test_services_are_activated(local: Synthesized) -> None:
    data = local.json["data"]
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


def test_state_bucket_and_lock_table_are_those_of_the_service_stack(in_bucket: Synthesized) -> None:
    stack = in_bucket
    backend = Synthesized.read(stack.folder.parent / "clinic").json["terraform"]["backend"]["oss"]
    assert stack.resources["state"]["bucket"] == backend["bucket"]
    assert stack.resources["lock-table"]["table_name"] == backend["tablestore_table"]
    assert backend["tablestore_endpoint"].startswith(f"https://{stack.resources['lock']['name']}.")
    assert stack.resources["lock-table"]["primary_key"] == [{"name": "LockID", "type": "String"}]
    assert stack.resources["state"]["lifecycle"]["prevent_destroy"] is True


def test_local_state_needs_no_bucket(local: Synthesized) -> None:
    assert "state" not in local.resources


def test_its_own_state_is_local_since_it_makes_the_bucket(in_bucket: Synthesized) -> None:
    assert list(in_bucket.json["terraform"]["backend"]) == ["local"]


def test_the_role_that_encrypts_databases_exists_before_them(local: Synthesized) -> None:
    role = local.resources["rds-encryption"]
    assert role["role_name"] == "AliyunRDSInstanceEncryptionDefaultRole"
