"""The application's environment on Serverless App Engine: text that never differs without reason."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from dicom_cdk.payload import dicomweb_application

SITE: dict[str, Any] = {
    "ldap_url": "ldap://172.18.92.189:389",
    "base_dn": "dc=dcm4che,dc=org",
    "device_name": "dcm4chee-arc",
    "ldap_password": "${random_password.ldap-root.result}",
    "database_host": "${alicloud_db_instance.database.connection_string}",
    "database_port": 5432,
    "database_name": "pacsdb",
    "database_user": "pacs",
    "database_password": "${random_password.database.result}",
    "database_sslmode": "require",
    "heap": 19660,
    "storage_generation": "1",
    "time_zone": "Europe/Berlin",
}


def test_it_is_compact_json_with_name_before_value_in_a_fixed_order() -> None:
    text = dicomweb_application.environment(**SITE)
    listed = json.loads(text)
    assert [list(one) for one in listed] == [["name", "value"]] * len(listed)
    assert text == json.dumps(listed, separators=(",", ":"))
    assert [one["name"] for one in listed][:5] == [
        "LDAP_URL",
        "LDAP_BASE_DN",
        "LDAP_ROOTPASS",
        "ARCHIVE_DEVICE_NAME",
        "POSTGRES_HOST",
    ]


def test_the_guides_five_variables_are_there_and_every_value_is_text() -> None:
    variables = {one["name"]: one["value"] for one in json.loads(dicomweb_application.environment(**SITE))}
    assert {"POSTGRES_USER", "POSTGRES_HOST", "POSTGRES_PASSWORD", "POSTGRES_DB", "LDAP_URL"} <= set(variables)
    assert all(isinstance(value, str) for value in variables.values())
    assert variables["HTTP_PROXY_ADDRESS_FORWARDING"] == "true"
    assert variables["REVERSE_DNS"] == "false"
    assert variables["POSTGRES_JDBC_PARAMS"] == "sslmode=require"


def test_references_pass_through_untouched() -> None:
    assert "${random_password.database.result}" in dicomweb_application.environment(**SITE)


def test_a_changed_storage_entry_rolls_the_instances() -> None:
    other = {**SITE, "storage_generation": "2"}
    assert dicomweb_application.environment(**SITE) != dicomweb_application.environment(**other)


def test_the_heap_is_a_share_of_the_memory() -> None:
    assert dicomweb_application.heap_mb(32768, 60) == 19660
    assert "-Xms4915m -Xmx19660m " in dicomweb_application.environment(**SITE)


def test_logs_of_days_gone_by_go_from_an_instance_and_its_start_waits_for_nothing(tmp_path: Path) -> None:
    log, programs = tmp_path / "log/server.log", tmp_path / "bin"
    for folder in (log.parent, programs):
        folder.mkdir()
    # Twelve hours, once.
    (programs / "sleep").write_text(f"#!/bin/sh\nmkdir {tmp_path}/slept\n")
    (programs / "sleep").chmod(0o755)
    days = {log: 9, log.with_name("server.log.2026-01-09"): 6, log.with_name("server.log.2026-01-06"): 8}
    for path, old in days.items():
        path.touch()
        os.utime(path, (time.time() - old * 86400,) * 2)
    program, option, text = dicomweb_application.POST_START_COMMAND
    assert text.endswith("&")
    here = text.removesuffix("&").replace(dicomweb_application.SERVER_LOG, str(log))
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    subprocess.run([program, option, here], env=environment, timeout=20, check=False)
    assert sorted(path.name for path in log.parent.iterdir()) == ["server.log", "server.log.2026-01-09"]


def test_an_instance_has_time_for_pre_stop_suspension_and_shutdown() -> None:
    pre_stop = int(dicomweb_application.PRE_STOP_COMMAND[-1].removeprefix("sleep "))
    assert pre_stop + dicomweb_application.SUSPEND_SECONDS < dicomweb_application.TERMINATION_SECONDS


def test_the_jvm_gets_the_sites_time_zone_by_the_variable_that_it_reads() -> None:
    variables = {one["name"]: one["value"] for one in json.loads(dicomweb_application.environment(**SITE))}
    assert variables["TZ"] == "Europe/Berlin"


def test_an_instance_waits_for_directory_and_database_before_it_deploys() -> None:
    waits = [
        one["value"]
        for one in json.loads(dicomweb_application.environment(**SITE))
        if one["name"] == "WILDFLY_WAIT_FOR"
    ]
    assert waits == ["172.18.92.189:389 ${alicloud_db_instance.database.connection_string}:5432"]
