"""Step `update` on a real pair: the image's updates in order, each once, whatever they answer and wherever it is killed."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.machines import ldap_image
from dicom_cdk.rehearsal.machines.ldap_image import UPDATE_DATA
from dicom_cdk.rehearsal.programs import need
from tests.assets.directory.pair import Pair

pytestmark = pytest.mark.server

RELEASES = ["5.26.0", "5.26.1", "5.28.0"]
AE = f"dicomAETitle=DCM4CHEE,{DEVICE}"


MANY = {DEVICE: "dicomPrimaryDeviceType", AE: "dcmObjectStorageID"}
"""An attribute of each that takes several values."""


def change(dn: str, text: str) -> str:
    name = MANY.get(dn, "description")
    return f"dn: {dn}\nchangetype: modify\nadd: {name}\n{name}: {text}\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    pair = Pair(tmp_path_factory.mktemp("pair"))
    try:
        pair.set_up()
        yield pair
    finally:
        pair.end()


@pytest.fixture
def pair(running: Pair) -> Pair:
    """The pair as a site of 5.25 leaves it, and an image with three updates."""
    notes = [
        line.removeprefix("description: ")
        for line in running.search(running.l, BASE, "-s", "base", "description").splitlines()
    ]
    for text in notes:
        if "data of" in text:
            running.modify(running.l, f"dn: {BASE}\nchangetype: modify\ndelete: description\ndescription: {text}\n")
    for dn in (DEVICE, AE):
        running.modify(running.l, f"dn: {dn}\nchangetype: modify\nreplace: {MANY[dn]}\n")
    for node in running.nodes.values():
        data = node.container / "etc/openldap/data"
        for release in RELEASES:
            for file in (data / release).iterdir():
                file.unlink()
        (data / "5.26.0/update-dev-5.26.0.ldif").write_text(change(DEVICE, "of 5.26.0"))
        (data / "5.26.0/update-DCM4CHEE-5.26.0.ldif").write_text(change(AE, "title of 5.26.0"))
        (data / "5.28.0/update-dev-5.28.0.ldif").write_text(change(DEVICE, "of 5.28.0"))
        programs = node.container / "usr/bin"
        programs.mkdir(exist_ok=True)
        (programs / "update-data").write_text(UPDATE_DATA)
        (programs / "update-data").chmod(0o755)
    return running


def update(pair: Pair, releases: list[str] = RELEASES) -> "subprocess.CompletedProcess[str]":
    file = pair.l.host.root / "opt/dicom/directory/values.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "updates": releases}))
    return pair.l.step("update")


def described(pair: Pair, dn: str) -> list[str]:
    """On the other node: it takes them by replication."""
    said = pair.search(pair.g, dn, "-s", "base", MANY[dn])
    return sorted(line.partition(": ")[2] for line in said.splitlines() if line.startswith(MANY[dn]))


def test_updates_come_in_order_and_reach_the_other_node(pair: Pair) -> None:
    done = update(pair)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("data of")] == [
        f"data of {each} is in" for each in RELEASES
    ]
    assert done.stdout.splitlines()[-1] == "the directory's data is of 5.28.0"
    assert described(pair, DEVICE) == ["of 5.26.0", "of 5.28.0"]
    assert described(pair, AE) == ["title of 5.26.0"]


def test_a_second_run_runs_none_again(pair: Pair) -> None:
    assert update(pair).returncode == 0
    before = pair.search(pair.l, BASE, "*", "entryCSN")
    done = update(pair)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["the directory's data is of 5.28.0"])
    assert pair.search(pair.l, BASE, "*", "entryCSN") == before


def test_a_run_that_was_killed_in_the_middle_of_a_release_goes_on(pair: Pair) -> None:
    pair.modify(
        pair.l, f"dn: {BASE}\nchangetype: modify\nadd: description\ndescription: dicom-cdk: data of 5.26.0 began\n"
    )
    pair.modify(pair.l, change(DEVICE, "of 5.26.0"))
    done = update(pair)
    assert done.returncode == 0, done.stderr
    assert described(pair, DEVICE) == ["of 5.26.0", "of 5.28.0"]
    assert described(pair, AE) == ["title of 5.26.0"]


def test_an_entry_that_an_operator_changed_stops_it_once_and_is_taken_as_it_is_then(pair: Pair) -> None:
    pair.modify(pair.l, change(DEVICE, "of 5.26.0"))
    done = update(pair)
    assert done.returncode == 1
    assert "the image's data of 5.26.0: 1 changes were refused" in done.stderr
    assert "(20)" in done.stderr
    assert "applied again, what is there already is taken as it is" in done.stderr
    assert described(pair, DEVICE) == ["of 5.26.0"]
    assert update(pair).returncode == 0
    assert described(pair, DEVICE) == ["of 5.26.0", "of 5.28.0"]


def test_a_directory_that_cannot_be_asked_is_not_one_without_the_data(pair: Pair) -> None:
    """Else its data would be changed again."""
    assert update(pair).returncode == 0
    before = pair.search(pair.l, BASE, "*", "entryCSN")
    pair.l.host.stand_in(
        "ldapsearch",
        f'case "$*" in *" description") exit 51 ;; *) exec {need("ldapsearch", "ldap-utils")} "$@" ;; esac',
    )
    done = update(pair)
    (pair.l.host.programs / "ldapsearch").unlink()
    assert done.returncode == 1
    assert f"{pair.l.url} answered 51 when asked which data is in, and nothing more was changed" in done.stderr
    assert pair.search(pair.l, BASE, "*", "entryCSN") == before


def test_what_is_refused_for_another_reason_stops_it_every_time(pair: Pair) -> None:
    for node in pair.nodes.values():
        (node.container / "etc/openldap/data/5.26.1/update-dev-5.26.1.ldif").write_text(
            change(f"cn=none,{BASE}", "lost")
        )
    for _ in range(2):
        done = update(pair)
        assert done.returncode == 1
        assert "the image's data of 5.26.1: 1 changes were refused" in done.stderr
        assert "(32)" in done.stderr
    assert described(pair, DEVICE) == ["of 5.26.0"]


def test_an_image_without_the_data_of_one_release_is_told_before_anything_is_changed(pair: Pair) -> None:
    before = pair.search(pair.l, BASE, "*", "entryCSN")
    done = update(pair, ["5.26.0", "5.99.0"])
    assert done.returncode == 1
    assert "this image has no data of 5.99.0; it is older than that release, or another" in done.stderr
    assert "nothing was changed; apply prepare with the slapd-dcm4chee that belongs to archive.version" in done.stderr
    assert pair.search(pair.l, BASE, "*", "entryCSN") == before
    for node in pair.nodes.values():
        (node.container / "usr/bin/update-data").unlink()
    assert "this image has no update-data" in update(pair, ["5.28.0"]).stderr


def test_data_waits_until_both_nodes_have_one_schema(pair: Pair) -> None:
    link, values = pair.g.container / "image", pair.g.host.root / "opt/dicom/directory/values.json"
    image, given = link.readlink(), values.read_text()
    ldap_image.carry(pair.g.container, "2.6.0-25.2")
    values.write_text(given.replace("2.6.0-25.0", "2.6.0-25.2"))
    assert pair.g.step("prepare").returncode == 0
    before = pair.search(pair.l, BASE, "*", "entryCSN")
    done = update(pair)
    assert done.returncode == 1
    assert f"{pair.g.url} has another schema than this node: it runs another image" in done.stderr
    assert "nothing was changed; apply the other node's prepare step first" in done.stderr
    done = pair.g.step("verify", seconds=2)
    assert (
        "still waiting for both nodes to have one schema; last answer: the nodes have other schemas: they run other images"
        in done.stderr
    )
    assert pair.search(pair.l, BASE, "*", "entryCSN") == before
    values.write_text(given)
    link.unlink()
    link.symlink_to(image)
    assert pair.g.step("prepare").returncode == 0
    assert update(pair).returncode == 0


def test_a_directory_without_the_device_is_not_the_one_that_was_meant(pair: Pair) -> None:
    file = pair.l.host.root / "opt/dicom/directory/values.json"
    text = file.read_text()
    file.write_text(text.replace('"dcm4chee-arc"', '"other-arc"'))
    try:
        done = update(pair)
    finally:
        file.write_text(text)
    assert done.returncode == 1
    assert "the directory has no device other-arc, and nothing was changed" in done.stderr
