"""The stack as a whole: addresses, providers, state, moves, outputs."""

import json
from collections.abc import Callable

from tests.service.sites import CHOSEN
from tests.synthesized import Synthesized


def test_addresses_are_construct_paths_without_a_hash(default_stack: Synthesized) -> None:
    for path, resource in default_stack.resources.items():
        assert resource.address.split(".", 1)[1] == path.replace("/", "_")


def test_providers_are_pinned_to_the_versions_of_the_recorded_facts(default_stack: Synthesized) -> None:
    providers = default_stack.json["terraform"]["required_providers"]
    assert providers == {
        "alicloud": {"source": "aliyun/alicloud", "version": "~> 1.289.0"},
        "random": {"source": "hashicorp/random", "version": "~> 3.7"},
    }


def test_local_state_lies_outside_the_output_and_is_named_for_the_stack(default_stack: Synthesized) -> None:
    assert default_stack.json["terraform"]["backend"] == {"local": {"path": "../../../terraform.dicom-sh.tfstate"}}


def test_state_in_a_bucket_is_encrypted_and_locked(stack_with: Callable[..., Synthesized]) -> None:
    backend = stack_with(**CHOSEN).json["terraform"]["backend"]["oss"]
    assert backend == {
        "acl": "private",
        "bucket": "clinic-1234567890123456-tfstate",
        "encrypt": True,
        "key": "clinic.tfstate",
        "prefix": "dicom-cdk",
        "region": "cn-shanghai",
        "tablestore_endpoint": "https://tf-567890123456.cn-shanghai.ots.aliyuncs.com",
        "tablestore_table": "terraform_lock",
    }


def test_moved_resources_are_written_as_terraform_takes_them(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert stack.json["moved"] == [{"from": "alicloud_vpc.old", "to": "alicloud_vpc.network_vpc"}]


def test_a_waiver_is_written_beside_what_it_waives(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    (waiver,) = stack.json["resource"]["alicloud_ram_access_key"]["storage_key"]["//"]["checkov"]["skip"]
    assert waiver == {
        "id": "CKV2_DICOM_71",
        "comment": "jclouds cannot use a role",
        "expires": "2027-06-30",
        "approved_by": "security office",
    }


def test_outputs_are_what_a_person_needs_after_apply(default_stack: Synthesized) -> None:
    outputs = default_stack.json["output"]
    assert set(outputs) == {
        "archive_console",
        "archive_host_id",
        "bucket",
        "database_host",
        "gateway_url",
        "ldap_url",
        "secret_names",
    }
    assert all(output["description"] for output in outputs.values())
    assert outputs["gateway_url"]["value"] == "https://www.dicomweb-example.com"
    assert "testing" not in outputs["gateway_url"]["description"]
    assert not [name for name, output in outputs.items() if "random_password" in json.dumps(output)]


def test_tags_name_the_site_on_everything_that_takes_tags(default_stack: Synthesized) -> None:
    tagged = [each for each in default_stack.resources.values() if each.get("tags")]
    assert len(tagged) > 20
    assert {each["tags"]["site"] for each in tagged} == {"dicom-sh"}


def test_a_sites_own_tags_reach_its_resources(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert stack.resources["network/vpc"]["tags"] == {"managed-by": "dicom-cdk", "site": "clinic", "team": "imaging"}
