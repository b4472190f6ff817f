"""Step `drain`: what keeps it from letting an archive stop, and what is kept of the old archive for the look at the new one."""

import json
import subprocess
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_updates import BORN
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres
from tests.assets.database.conftest import Prepared

pytestmark = pytest.mark.server

IMAGES = """set role pacs;
insert into study values (1, null, '1.2.3'), (2, null, '1.2.4');
insert into series values (1, 1, '1.2.3.1'), (2, 2, '1.2.4.1');
insert into instance values (1, 1, '1.2.3.1.1'), (2, 2, '1.2.4.1.1'), (3, 2, '1.2.4.1.2'), (4, 2, '1.2.4.1.3'), (5, 2, '1.2.4.1.4');
insert into location values (1, 1, 'cache', 'a'), (2, 1, 'alicloud-oss', 'a'), (3, 2, 'alicloud-oss', 'b'),
  (4, 3, 'cache', 'c'), (5, 4, 'cache-north', 'd');
"""
SAYS = "import sys\nprint(sys.argv[1:], *(open(one).read() for one in sys.argv[3:]))\n"


@pytest.fixture
def host(tmp_path: Path, cluster: Postgres, prepared: Prepared) -> ScratchHost:
    cluster.sql("drop schema if exists public cascade; create schema public authorization pacs")
    cluster.sql(f"set role pacs; {BORN}")
    cluster.sql(IMAGES)
    host = prepared(tmp_path, cluster, {})
    host.environment["DICOM_ARCHIVE_URL"] = "http://127.0.0.1:1"
    give(host, cluster)
    return host


def give(host: ScratchHost, database: Postgres, **more: str) -> None:
    values = {
        "database_host": "127.0.0.1",
        "database_port": str(database.port),
        "database_name": "pacsdb",
        "database_user": "pacs",
        "upgrade_from": "5.25.2",
        "upgrade_to": "5.33.1",
        "ae_title": "DCM4CHEE",
    }
    host.put("/opt/dicom/database/values.json", json.dumps(values | more))


def drain(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("drain.sh", room="database", more={"DICOM_SECONDS": "60"})


def test_tasks_that_do_not_end_keep_the_archives_running(host: ScratchHost, cluster: Postgres) -> None:
    host.put("/opt/dicom/database/current/tasks.py", "import sys\nsys.exit(f'still at work: {sys.argv[1:]}')\n")
    give(host, cluster, exporter="to-oss")
    done = drain(host)
    assert done.returncode == 1
    assert "still at work: ['to-oss']" in done.stderr
    assert "archive-drain: no archive was stopped, and nothing was changed; the lines above say why" in done.stderr
    assert not [call for call in host.calls() if "compose" in call]


def test_where_no_archive_runs_any_more_nothing_is_waited_for_and_that_is_said(host: ScratchHost) -> None:
    done = drain(host)
    assert done.returncode == 0, done.stderr
    assert "tasks that were at work are begun anew by the next archive that starts" in done.stdout
    assert "no archive on this host could be asked what it finds: the new one is looked at without that" in done.stdout


def test_images_that_only_the_shared_folder_holds_are_asked_for_first(host: ScratchHost, cluster: Postgres) -> None:
    host.put("/opt/dicom/database/current/asked.py", SAYS)
    done = drain(host)
    assert "'DCM4CHEE']\n" in done.stdout, "a site without a folder has none of them"
    give(host, cluster, folder_id="cache")
    done = drain(host)
    assert done.returncode == 0, done.stderr
    assert "1.2.4 1.2.4.1 1.2.4.1.3\n1.2.4 1.2.4.1 1.2.4.1.2\n" in done.stdout, "a tenant's too"
    assert "1.2.4.1.4" not in done.stdout, "it lies nowhere"
    assert "1.2.3.1.1" not in done.stdout


def test_a_change_without_sql_waits_and_asks_for_no_more(host: ScratchHost) -> None:
    host.put("/opt/dicom/database/values.json", "{}")
    done = drain(host)
    assert done.returncode == 0, done.stderr
    assert "asked" not in done.stdout
