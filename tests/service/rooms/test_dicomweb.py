"""Room dicomweb: the guide's application on SAE, behind a balancer of our own."""

import json
from collections.abc import Callable
from typing import Any

from tests.service.sites import CHOSEN
from tests.synthesized import Synthesized


def variables(stack: Synthesized) -> dict[str, str]:
    return {each["name"]: each["value"] for each in json.loads(stack.resources["dicomweb/application"]["envs"])}


def test_the_application_has_the_sizes_of_the_guide(default_stack: Synthesized) -> None:
    application = default_stack.resources["dicomweb/application"]
    assert (application["replicas"], application["cpu"], application["memory"]) == (2, 8000, 32768)
    assert application["package_type"] == "Image"


def test_it_runs_in_both_vswitches(default_stack: Synthesized) -> None:
    assert default_stack.resources["dicomweb/application"]["vswitch_id"] == (
        "${alicloud_vswitch.network_vswitch-l.id},${alicloud_vswitch.network_vswitch-g.id}"
    )


def test_it_uses_the_directory_through_the_balancer(default_stack: Synthesized) -> None:
    assert variables(default_stack)["LDAP_URL"] == "ldap://172.18.92.189:389"


def test_passwords_are_references_never_text(default_stack: Synthesized) -> None:
    found = variables(default_stack)
    assert found["POSTGRES_PASSWORD"] == "${random_password.secrets_database-value.result}"
    assert found["LDAP_ROOTPASS"] == "${random_password.secrets_ldap-root-value.result}"


def test_it_starts_only_when_schema_and_storage_entries_are_in(default_stack: Synthesized) -> None:
    before = default_stack.resources["dicomweb/application"]["depends_on"]
    for step in ("archive/schema/run", "archive/storage/run"):
        assert default_stack.resources[step].address in before


def test_the_balancer_has_the_guides_address_and_port(default_stack: Synthesized) -> None:
    assert default_stack.resources["dicomweb/balancer"]["address"] == "172.18.92.191"
    (binding,) = default_stack.resources["dicomweb/binding"]["intranet"]
    assert binding == {"port": 8080, "protocol": "TCP", "target_port": 8080}


def test_gateway_archive_and_health_checks_alone_may_reach_it(default_stack: Synthesized) -> None:
    rules = [each for each in default_stack.room("dicomweb").values() if each.type == "alicloud_security_group_rule"]
    assert {rule.get("cidr_ip") or rule["source_security_group_id"] for rule in rules} == {
        "100.64.0.0/10",
        "${alicloud_security_group.network_group-gateway.id}",
        "${alicloud_security_group.network_group-archive.id}",
    }
    assert {rule["port_range"] for rule in rules} == {"8080/8080"}


def test_the_heap_follows_the_memory(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert "-Xmx8192m" in variables(stack)["JAVA_OPTS"]


def test_a_rotated_storage_key_rolls_the_instances(stack_with: Callable[..., Synthesized]) -> None:
    given = [variables(stack)["DICOM_STORAGE_GENERATION"] for stack in (stack_with(), stack_with(**CHOSEN))]
    assert given == ["1-1", "3-1"], "of the storage's key and of the directory's password"


def test_it_lives_as_long_as_the_archive_itself_says_so_not_its_port(default_stack: Synthesized) -> None:
    (liveness,) = as_list(default_stack.resources["dicomweb/application"]["liveness_v2"])
    (asked,) = as_list(liveness["http_get"])
    assert (asked["path"], asked["key_word"], asked["is_contain_key_word"]) == (
        "/dcm4chee-arc/ctrl/status",
        "STARTED",
        True,
    )
    assert "tcp_socket" not in liveness
    # A start may take minutes: longer than readiness, and not by one missed answer.
    assert liveness["initial_delay_seconds"] >= 600
    assert liveness["failure_threshold"] >= 5


def test_its_log_file_is_collected_beside_standard_output(default_stack: Synthesized) -> None:
    stdout, file = json.loads(default_stack.resources["dicomweb/application"]["sls_configs"])
    assert stdout["logType"] == "stdout"
    assert file == {
        "logDir": "/opt/wildfly/standalone/log/server.log",
        "logtailName": "",
        "logstoreName": stdout["logstoreName"],
        "projectName": stdout["projectName"],
    }


def test_old_logs_are_deleted_beside_the_archive_and_no_text_is_read_by_terraform(default_stack: Synthesized) -> None:
    (started,) = as_list(default_stack.resources["dicomweb/application"]["post_start_v2"])
    (run,) = as_list(started["exec"])
    assert run["command"][:2] == ["sh", "-c"]
    assert "/opt/wildfly/standalone/log/server.log.*" in run["command"][2]
    assert "${" not in run["command"][2]


def test_all_archives_on_the_database_are_in_one_time_zone(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    application = stack.resources["dicomweb/application"]
    assert (variables(stack)["TZ"], application["timezone"]) == ("Europe/Berlin", "Europe/Berlin")
    assert "Europe/Berlin" in str(stack.resources["archive/up/run"]["parameters"])


def as_list(block: object) -> list[dict[str, Any]]:
    return block if isinstance(block, list) else [block]  # type: ignore[list-item]
