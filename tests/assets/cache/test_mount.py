"""Step `mount`: the guard below, the site's own mark above, nothing hidden, and never another site's folder."""

import json
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

SOURCE = "0123-abcd.cn-test.extreme.nas.example.com:/share"
FOLDER = "mnt/dicom-cache"
# A mount shows what is at the file system's top, and hides what was below, until it is taken away.
MOUNT = """
line=$(grep " $1 nfs " "$HOST_ROOT/etc/fstab") || { echo "mount: $1: can't find in /etc/fstab" >&2; exit 1; }
[ ! -e "$HOST_ROOT/../away" ] || { echo "mount.nfs: Connection timed out" >&2; exit 32; }
mv "$1" "$HOST_ROOT/../below" && cp -a "$HOST_ROOT/../files" "$1" && printf %s "${line%% *}" >"$HOST_ROOT/../mounted"
"""


@pytest.fixture
def host(tmp_path: Path) -> ScratchHost:
    host = ScratchHost(tmp_path / "host/root", {"DICOM_PAUSE": "0.1"})
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", health=["cache"]))
    host.install(Bundle.from_assets("cache"))
    (host.root.parent / "files").mkdir()
    host.put("/etc/fstab", "UUID=1 / ext4 defaults 0 1\n")
    host.stand_in("mountpoint", '[ -e "$HOST_ROOT/../mounted" ]')
    host.stand_in("mount", MOUNT)
    host.stand_in("findmnt", 'cat "$HOST_ROOT/../mounted"')
    host.stand_in("chown")
    give(host)
    return host


def give(host: ScratchHost, **more: object) -> None:
    values = {
        "free_gb": 100, "guard": "NO_MOUNT", "mark": ".dicom-cache", "owner": "1023:1023", "site": "clinic", "source": SOURCE,
        "storage_endpoint": "http://127.0.0.1:1",
    }  # fmt: skip
    host.put("/opt/dicom/cache/values.json", json.dumps(values | more))


def mount(host: ScratchHost, seconds: str = "20") -> tuple[int, str]:
    done = host.script("mount.sh", room="cache", more={"DICOM_SECONDS": seconds})
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr


def test_the_folder_is_mounted_over_the_guard_marked_and_given_to_the_archive(host: ScratchHost) -> None:
    code, said = mount(host)
    assert code == 0, said
    assert said.splitlines()[-1] == f"the shared folder is mounted from {SOURCE}"
    assert (host.root.parent / "below/NO_MOUNT").exists(), "an archive would store below the mount point"
    assert not (host.root / FOLDER / "NO_MOUNT").exists()
    assert host.read(f"{FOLDER}/.dicom-cache") == "clinic\n"
    assert f"chown 1023:1023 {host.root}/{FOLDER}" in host.calls()
    (line,) = [each for each in host.read("/etc/fstab").splitlines() if " nfs " in each]
    assert line.startswith(f"{SOURCE} {host.root}/{FOLDER} nfs ")
    options = line.split()[3].split(",")
    assert {"hard", "vers=3", "nolock", "_netdev", "nofail"} <= set(options)
    assert "soft" not in options, "a store would fail half written"
    assert "exports.sh" in host.read("/etc/cron.d/dicom-cache")


def test_a_second_run_changes_nothing(host: ScratchHost) -> None:
    assert mount(host)[0] == 0
    before = host.read("/etc/fstab")
    code, said = mount(host)
    assert (code, said.splitlines()) == (0, [f"the shared folder is mounted from {SOURCE}"])
    assert host.read("/etc/fstab") == before


def test_images_below_the_mount_point_are_not_hidden(host: ScratchHost) -> None:
    host.put(f"{FOLDER}/2026/11/29/ABCD", "an image")
    code, said = mount(host)
    assert code == 1
    assert (
        "is not mounted and holds 2026: images may lie there that the folder would hide; move them away by hand" in said
    )
    assert host.read(f"{FOLDER}/2026/11/29/ABCD") == "an image"


def test_another_sites_folder_is_refused(host: ScratchHost) -> None:
    """Its archive and ours would purge what the other knows nothing of."""
    (host.root.parent / "files/.dicom-cache").write_text("other\n")
    code, said = mount(host)
    assert code == 1
    assert f"{SOURCE} is the folder of site 'other', not of 'clinic'" in said
    assert "give each site its own" in said


def test_a_folder_that_holds_files_and_no_mark_is_refused(host: ScratchHost) -> None:
    (host.root.parent / "files/2026").mkdir()
    code, said = mount(host)
    assert code == 1
    assert f"{SOURCE} holds 2026 and does not say whose it is" in said


def test_a_guard_inside_the_folder_itself_is_refused(host: ScratchHost) -> None:
    (host.root.parent / "files/NO_MOUNT").touch()
    code, said = mount(host)
    assert code == 1
    assert "by which the archive would take it for not mounted; remove it there" in said


def test_another_file_system_in_its_place_is_refused(host: ScratchHost) -> None:
    assert mount(host)[0] == 0
    give(host, source="9999-new.cn-test.extreme.nas.example.com:/share")
    code, said = mount(host)
    assert code == 1
    assert f"is mounted from {SOURCE}, the site's is 9999-new" in said
    assert "set storage.receive to drain before the folder is another" in said


def test_a_file_system_that_does_not_answer_is_waited_for_until_the_deadline(host: ScratchHost) -> None:
    (host.root.parent / "away").touch()
    code, said = mount(host, "1")
    assert code == 1
    assert f"still waiting for the file system {SOURCE}; last answer: mount.nfs: Connection timed out" in said
    assert (host.root / FOLDER / "NO_MOUNT").exists(), "and the archive stores nothing below it meanwhile"
    (host.root.parent / "away").unlink()
    assert mount(host)[0] == 0
