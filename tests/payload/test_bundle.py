"""Bundles: the same bytes whatever the machine, the same files back."""

import hashlib
import io
import lzma
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicom_cdk import shipped
from dicom_cdk.payload import Bundle, File, MissingTemplateError, MissingValueError, NotAPayloadError

FILES: dict[str, str | bytes] = {"run.sh": "#!/bin/bash\necho\n", "conf/a.txt": "text ü\n", "raw": bytes(range(256))}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shipped, "_CHECKOUT", tmp_path)
    folder = tmp_path / "assets/room"
    (folder / "conf").mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/bash\n")
    (folder / "conf/a.txt.j2").write_text("a={{ a }}\n")
    return folder


def test_order_and_time_do_not_matter_to_bytes_and_digest() -> None:
    one, two = Bundle.of("room", FILES), Bundle.of("room", dict(reversed(FILES.items())))
    assert one.packed == two.packed
    assert one.digest == two.digest


def test_packed_bytes_are_pinned_so_that_another_machine_can_be_compared() -> None:
    bundle = Bundle.of("room", FILES)
    assert bundle.hash12 == "2e1a9db27fbd"
    packed = hashlib.sha256(bundle.packed).hexdigest()
    assert packed.startswith("380ca8ee5eaa2e12"), "this Python's xz packs otherwise: synthesized text will differ"


def test_a_changed_name_mode_or_byte_changes_the_digest() -> None:
    plain = Bundle.of("r", {"a": "x"})
    others = [
        Bundle.of("r", {"b": "x"}),
        Bundle.of("r", {"a": "y"}),
        Bundle("r", (File("a", 0o755, b"x"),)),
        Bundle.of("r", {"a": "x", "b": ""}),
        Bundle.of("r", {"a": "", "x": ""}),
    ]
    assert len({bundle.digest for bundle in (plain, *others)}) == 6


def test_scripts_are_executable_and_nothing_else_is() -> None:
    modes = {file.path: file.mode for file in Bundle.of("room", FILES).files}
    assert modes == {"conf/a.txt": 0o644, "raw": 0o644, "run.sh": 0o755}


def test_the_archive_carries_no_owner_no_time_no_machine() -> None:
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(Bundle.of("room", FILES).packed))) as tar:
        for info in tar.getmembers():
            assert (info.uid, info.gid, info.uname, info.gname, info.mtime) == (0, 0, "", "", 0)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,8}(/[a-z.-]{1,8}[a-z])?\Z"), st.binary(max_size=300), max_size=6))
def test_unpacking_gives_back_what_was_packed(contents: dict[str, bytes]) -> None:
    bundle = Bundle.of("room", contents)
    assert Bundle.unpacked("room", bundle.packed) == bundle


def test_shares_add_up_to_the_packed_size() -> None:
    bundle = Bundle.of("room", FILES)
    assert sum(size for _, size in bundle.shares) == len(bundle.packed)
    assert [path for path, _ in bundle.shares] == ["conf/a.txt", "raw", "run.sh"]


def test_a_room_becomes_a_bundle_with_templates_filled_in(room: Path) -> None:
    (room / "__pycache__").mkdir()
    (room / "__pycache__/x.pyc").write_bytes(b"")
    (room / "README.md").write_text("for readers\n")
    bundle = Bundle.from_assets("room", {"a": 1}, extra={"site.json": "{}"})
    assert [file.path for file in bundle.files] == ["conf/a.txt", "run.sh", "site.json"]
    assert bundle.text("conf/a.txt") == "a=1\n"


def test_file_system_modes_do_not_leak_into_the_bundle(room: Path) -> None:
    before = Bundle.from_assets("room", {"a": 1}).digest
    (room / "run.sh").chmod(0o600)
    os.utime(room / "run.sh", (1, 1))
    assert Bundle.from_assets("room", {"a": 1}).digest == before


def test_an_absent_value_of_a_template_is_refused(room: Path) -> None:
    assert room.is_dir()
    with pytest.raises(MissingValueError, match=r"assets/room/conf/a\.txt\.j2: 'a' is undefined; values given: none"):
        Bundle.from_assets("room")


def test_a_wanted_file_that_is_not_there_is_named(room: Path) -> None:
    assert room.is_dir()
    with pytest.raises(MissingTemplateError) as caught:
        Bundle.from_assets("room", only=["stop.sh"])
    assert str(caught.value) == (
        "assets/room/stop.sh: no such file; assets/room has conf/a.txt.j2, run.sh; correct the name"
    )
    assert [file.path for file in Bundle.from_assets("room", only=["run.sh"]).files] == ["run.sh"]


def test_a_room_without_files_is_refused(room: Path) -> None:
    (room.parent / "empty").mkdir()
    with pytest.raises(MissingTemplateError, match=r"^assets/empty: no files; add the room's files$"):
        Bundle.from_assets("empty")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a//b", "./a", "", "."])
def test_paths_that_leave_the_folder_are_refused(path: str) -> None:
    with pytest.raises(NotAPayloadError, match="a bundle holds plain relative paths only"):
        File(path, 0o644, b"")


def test_a_part_of_a_bundle_is_asked_for_by_name() -> None:
    bundle = Bundle.of("room", FILES)
    assert [file.path for file in bundle.only(["run.sh"]).files] == ["run.sh"]
    with pytest.raises(MissingTemplateError, match=r"bundle of room: no x; it has conf/a\.txt, raw, run\.sh"):
        bundle.only(["x"])


@pytest.mark.parametrize("packed", [b"", b"nonsense", lzma.compress(b"no tar")])
def test_what_is_no_archive_is_refused(packed: bytes) -> None:
    with pytest.raises(NotAPayloadError, match=r"bundle of room: not a tar\.xz: "):
        Bundle.unpacked("room", packed)


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE])
def test_an_archive_with_more_than_plain_files_is_refused(kind: bytes) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        info = tarfile.TarInfo("x")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(NotAPayloadError, match="bundle of room: x is not a plain file"):
        Bundle.unpacked("room", lzma.compress(raw.getvalue()))
