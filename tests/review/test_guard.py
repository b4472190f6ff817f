"""What the guard must not pass, and what nobody may read in a review. Of no policies: those are slow, and others' tests."""

import contextlib
import copy
import datetime
import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.review import command
from dicom_cdk.review.beside import of_pair
from dicom_cdk.review.folders import Pair
from tests.policy.test_mutations import SITE as WHOLE
from tests.review.small import Document, part
from tests.review.test_kinds import TODAY, put

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

SITE = part(
    WHOLE,
    *(
        "alicloud_oss_bucket",
        "alicloud_db_instance.",
        "alicloud_db_backup_policy.",
        "alicloud_log_store.",
        "alicloud_cr_",
    ),
    *(
        "alicloud_instance.archive",
        "alicloud_security_group.",
        "alicloud_ram_user",
        "alicloud_ram_policy.storage_",
        "alicloud_ram_role.",
    ),
)
"""What the changes below touch, a fifth of the site."""


@pytest.fixture(autouse=True)
def without_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(pairs: Sequence[Pair], _: datetime.date) -> Any:
        return contextlib.nullcontext([functools.partial(of_pair, pair, None) for pair in pairs])

    monkeypatch.setattr(command, "beside_the_plan", here)


def changed(change: Callable[[Document], None]) -> Document:
    found: Document = copy.deepcopy(SITE)
    change(found)
    return found


def resource(document: Document, address: str) -> Document:
    kind, _, name = address.partition(".")
    found: Document = document["resource"][kind][name]
    return found


def renamed(old: str, new: str) -> Document:
    found: Document = json.loads(json.dumps(SITE).replace(f'"{old}"', f'"{new}"').replace(f".{old}.", f".{new}."))
    return found


def judged(tmp_path: Path, head: Document, base: Document = SITE) -> tuple[int, str]:
    base_folder, report = put(tmp_path / "base", base), tmp_path / "report.md"
    code = command.run(
        base_folder,
        put(tmp_path / "head", head),
        format="markdown",
        allowed=None,
        output=report,
        answers=None,
        today=TODAY,
    )
    return code, report.read_text()


def test_a_rename_of_what_holds_data_is_a_loss_until_it_is_declared(tmp_path: Path) -> None:
    head = renamed("storage_images", "storage_pictures")
    code, said = judged(tmp_path / "without", head)
    assert code == 3
    assert "- destroy, unless it is moved, alicloud_oss_bucket.storage_images: objects of the bucket" in said
    assert "- alicloud_oss_bucket.storage_images: alicloud_oss_bucket.storage_pictures" in said
    head["moved"] = [{"from": "alicloud_oss_bucket.storage_images", "to": "alicloud_oss_bucket.storage_pictures"}]
    code, said = judged(tmp_path / "with", head)
    assert "unless it is moved" not in said


def test_without_a_plan_a_changed_database_may_be_replaced_and_nothing_is_good(tmp_path: Path) -> None:
    def refused(document: Document) -> None:
        resource(document, "alicloud_vpc.network_vpc")["no_such_argument"] = 1

    def also_database(document: Document) -> None:
        refused(document)
        resource(document, "alicloud_db_instance.database_instance")["zone_id"] = "cn-shanghai-m"

    code, said = judged(tmp_path / "plain", changed(refused))
    assert code == 1
    assert "No plan could be made" in said
    code, said = judged(tmp_path / "data", changed(also_database))
    assert code == 3
    assert "- perhaps replace alicloud_db_instance.database_instance: the database" in said


def test_a_repository_of_images_holds_data_and_so_do_shortened_logs_and_versions(tmp_path: Path) -> None:
    def less(document: Document) -> None:
        resource(document, "alicloud_log_store.logs_gateway")["retention_period"] = 1
        resource(document, "alicloud_db_backup_policy.database_backup")["backup_retention_period"] = 7
        resource(document, "alicloud_oss_bucket.storage_images").pop("versioning")
        del document["resource"]["alicloud_cr_artifact_subscription_rule"]
        del document["resource"]["alicloud_cr_ee_repo"]["registry_dcm4che-tools"]

    text = json.dumps(changed(less)).replace('"alicloud_cr_ee_repo.registry_dcm4che-tools",', "")
    text = text.replace(', "alicloud_cr_ee_repo.registry_dcm4che-tools"', "")
    code, said = judged(tmp_path, json.loads(text))
    assert code == 3
    for line in (
        "lower retention_period of alicloud_log_store.logs_gateway: logs older than the new period",
        "lower backup_retention_period of alicloud_db_backup_policy.database_backup: backups older than the new period",
        "stop versioning of alicloud_oss_bucket.storage_images: later overwritten and deleted objects",
        "destroy alicloud_cr_ee_repo.registry_dcm4che-tools: images of the repository",
    ):
        assert f"- {line}" in said
    assert "lower" not in judged(tmp_path / "back", SITE, changed(less))[1], "longer is no loss"


def test_another_region_account_or_state_is_said_and_needs_permission(tmp_path: Path) -> None:
    def elsewhere(document: Document) -> None:
        document["provider"]["alicloud"][0]["region"] = "cn-beijing"

    def state(document: Document) -> None:
        document["terraform"]["backend"] = {"oss": {"bucket": "states"}}

    code, said = judged(tmp_path / "region", changed(elsewhere))
    assert code == 3
    assert "- point elsewhere with provider.alicloud: sight of everything in the old place" in said
    assert "- provider.alicloud[0].region: cn-shanghai → cn-beijing" in said
    code, said = judged(tmp_path / "state", changed(state))
    assert code == 3
    assert "- move terraform.backend: the state, unless it is migrated" in said


def test_another_account_is_seen_where_the_provider_is_a_map_too(tmp_path: Path) -> None:
    def as_map(account: str) -> Document:
        provider = {"alicloud": {"region": "cn-shanghai", "account_id": account}, "random": {}}
        return changed(lambda document: document.update(provider=provider))

    code, said = judged(tmp_path, as_map("6543210987654321"), as_map("1234567890123456"))
    assert code == 3
    assert "- point elsewhere with provider.alicloud: sight of everything in the old place" in said


def test_new_variables_and_data_sources_are_said_and_harmless(tmp_path: Path) -> None:
    def more(document: Document) -> None:
        document["variable"]["network_password"] = {"type": "string", "default": "hunter11one"}

    code, said = judged(tmp_path, changed(more))
    assert code == 0
    assert "- variable.network_password: nothing → (redacted)" in said


SECRETS = {
    ("alicloud_kvstore_instance", "cache"): ({"password": "hunter11one"}, {"password": "hunter22two"}),
    ("alicloud_mongodb_instance", "documents"): ({"account_password": "hunter11one"}, {"account_password": "hunter22two"}),
    ("alicloud_vpn_connection", "hospital"): (
        {"ike_config": [{"psk": "hunter11one"}]}, {"ike_config": [{"psk": "hunter22two"}]},
    ),
    ("alicloud_ecs_launch_template", "map"): (
        {"description": '{"DB_PASSWORD": "hunter11one"}'}, {"description": '{"DB_PASSWORD": "hunter22two"}'},
    ),
    ("alicloud_ecs_launch_template", "list"): (
        {"description": '[{"name": "DB_PASSWORD", "value": "hunter11one"}]'},
        {"description": '[{"name": "DB_PASSWORD", "value": "hunter22two"}, {"name": "A", "value": "b"}]'},
    ),
}  # fmt: skip
"""Type and name: before, after."""


def test_no_secret_of_any_type_is_said(tmp_path: Path) -> None:
    def with_all(place: int) -> Document:
        def add(document: Document) -> None:
            for (kind, name), bodies in SECRETS.items():
                document["resource"].setdefault(kind, {})[name] = bodies[place]

        return changed(add)

    _, said = judged(tmp_path, with_all(1), with_all(0))
    assert "hunter" not in said
    for kind, name in SECRETS:
        assert f"{kind}.{name}" in said
    assert said.count("(redacted)") >= len(SECRETS)


def test_data_that_anybody_may_read_is_a_new_way_in(tmp_path: Path) -> None:
    def opened(document: Document) -> None:
        resource(document, "alicloud_oss_bucket_acl.storage_images-acl")["acl"] = "public-read"
        resource(document, "alicloud_oss_bucket_public_access_block.storage_images-public-access")[
            "block_public_access"
        ] = False
        resource(document, "alicloud_db_instance.database_instance")["security_ips"] = ["0.0.0.0/0", "10.0.0.0/8"]
        resource(document, "alicloud_security_group.network_group-archive")["inner_access_policy"] = "Accept"
        host = resource(document, "alicloud_instance.archive_host_instance")
        host["security_groups"] = [*host["security_groups"], "${alicloud_security_group.network_group-directory.id}"]

    _, said = judged(tmp_path, changed(opened))
    for line in (
        "anybody → alicloud_oss_bucket_acl.storage_images-acl (acl public-read)",
        "anybody → alicloud_oss_bucket_public_access_block.storage_images-public-access (public access is not blocked)",
        "0.0.0.0/0 → alicloud_db_instance.database_instance (whitelist)",
        "alicloud_security_group.network_group-archive: all from its own members",
        "alicloud_instance.archive_host_instance joins alicloud_security_group.network_group-directory",
    ):
        assert f"- {line}" in said
    assert "10.0.0.0/8" not in said.partition("<details>")[0]


def test_trust_is_a_permission_and_narrowing_is_none(tmp_path: Path) -> None:
    allow = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:*", "kms:*"], "Resource": "*"}]}
    trust = {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": ["acs:ram::9999999999999999:root"]}}
        ],
    }

    def wide(document: Document) -> None:
        resource(document, "alicloud_ram_policy.storage_user-policy")["policy_document"] = json.dumps(allow)

    def trusting(document: Document) -> None:
        resource(document, "alicloud_ram_role.secrets_role-archive")["assume_role_policy_document"] = json.dumps(trust)

    def both(document: Document) -> None:
        wide(document)
        trusting(document)

    _, said = judged(tmp_path / "narrowed", SITE, changed(wide))
    assert "Permissions gained" not in said
    _, said = judged(tmp_path / "widened", changed(both))
    assert ": oss:\\* on \\*" in said
    assert "may be taken by RAM acs:ram::9999999999999999:root" in said


def test_texts_of_others_cannot_write_into_the_comment(tmp_path: Path) -> None:
    text = "x\n\n### Review\n\n@everyone ![p](https://example.com/p.png) <img src=x> `code`"

    def commented(document: Document) -> None:
        resource(document, "alicloud_ram_user.storage_user")["comments"] = text

    _, said = judged(tmp_path, changed(commented))
    assert [line for line in said.splitlines() if line.startswith("### ")] == ["### Review"]
    for harm in ("@everyone", "](", "<img"):
        assert harm not in said
