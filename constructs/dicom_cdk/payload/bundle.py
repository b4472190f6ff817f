"""A bundle: the files of one room, with modes and a content hash, packed the same way every time (design 6)."""

import base64
import hashlib
import io
import lzma
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from dicom_cdk.payload.errors import MissingTemplateError, NotAPayloadError
from dicom_cdk.payload.templates import asset, render

_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "pb": 0, "dict_size": 1 << 20}]


@dataclass(frozen=True)
class File:
    """One file of a bundle: relative path with `/`, permission bits, content."""

    path: str
    mode: int
    content: bytes

    def __post_init__(self) -> None:
        pure = PurePosixPath(self.path)
        if pure.is_absolute() or ".." in pure.parts or str(pure) != self.path or self.path == ".":
            raise NotAPayloadError(f"{self.path!r}: a bundle holds plain relative paths only")


@dataclass(frozen=True)
class Bundle:
    """Files of `room`, sorted by path. Equal content gives equal bytes and an equal digest, whatever the machine."""

    room: str
    files: tuple[File, ...]
    at_first_boot: tuple[str, ...] = field(default=(), compare=False)
    """Paths of the files that user data carries; none named: all. The rest comes with the room's steps."""

    @classmethod
    def of(cls, room: str, contents: Mapping[str, str | bytes]) -> "Bundle":
        """A bundle of path → content; a file that starts with ``#!`` is executable, all else is 0644."""
        files = []
        for path in sorted(contents):
            content = contents[path]
            data = content.encode() if isinstance(content, str) else content
            files.append(File(path, 0o755 if data.startswith(b"#!") else 0o644, data))
        return cls(room, tuple(files))

    @classmethod
    def from_assets(
        cls,
        room: str,
        values: Mapping[str, object] | None = None,
        *,
        only: Iterable[str] | None = None,
        extra: Mapping[str, str | bytes] | None = None,
    ) -> "Bundle":
        """The bundle of ``assets/<room>``: ``x.j2`` is rendered with `values` into ``x``, all else is taken as is;
        a README.md is for readers of the repository and stays there.

        `only` names the files wanted (as in assets/, all by default); `extra` adds or replaces files by path.
        Raises MissingTemplateError and MissingValueError.
        """
        folder = asset(room)
        present = sorted(
            entry.relative_to(folder).as_posix()
            for entry in folder.rglob("*")
            if entry.is_file() and "__pycache__" not in entry.parts and entry.name != "README.md"
        )
        if not present and not extra:
            raise MissingTemplateError(f"assets/{room}: no files; add the room's files")
        wanted = present if only is None else sorted(only)
        contents: dict[str, str | bytes] = {}
        for name in wanted:
            if name not in present:
                raise MissingTemplateError(
                    f"assets/{room}/{name}: no such file; assets/{room} has {', '.join(present)}; correct the name"
                )
            if name.endswith(".j2"):
                contents[name.removesuffix(".j2")] = render(f"{room}/{name}", values or {})
            else:
                contents[name] = (folder / name).read_bytes()
        contents.update(extra or {})
        return cls.of(room, contents)

    @cached_property
    def digest(self) -> str:
        """sha256, hex, over paths, modes and contents; independent of the packing."""
        total = hashlib.sha256()
        for file in self.files:
            head = f"{file.path}\0{file.mode:o}\0{len(file.content)}\0"
            total.update(head.encode() + file.content)
        return total.hexdigest()

    @property
    def hash12(self) -> str:
        """First 12 digits of the digest: the folder's name on the host."""
        return self.digest[:12]

    @cached_property
    def packed(self) -> bytes:
        """tar.xz with fixed owner, time and order; xz because zlib's output differs between its implementations."""
        return _packed(self.files)

    @cached_property
    def ascii85(self) -> str:
        """`packed` as text without `{`, as commands carry it."""
        return _ascii85(self.packed)

    @cached_property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """Each file's share of `packed` in bytes, estimated by packing it alone; adds up to the whole."""
        alone = [len(lzma.compress(file.content, preset=0)) for file in self.files]
        shares = [size * len(self.packed) // sum(alone) for size in alone]
        if shares:
            shares[0] += len(self.packed) - sum(shares)
        return tuple((file.path, share) for file, share in zip(self.files, shares, strict=True))

    @classmethod
    def unpacked(cls, room: str, packed: bytes) -> "Bundle":
        """The reverse of `packed`. Raises NotAPayloadError when it is no tar.xz of plain files."""
        try:
            with tarfile.open(fileobj=io.BytesIO(lzma.decompress(packed))) as tar:
                files = []
                for info in tar.getmembers():
                    content = tar.extractfile(info) if info.isfile() else None
                    if content is None:
                        raise NotAPayloadError(f"bundle of {room}: {info.name} is not a plain file")
                    files.append(File(info.name, info.mode, content.read()))
        except (lzma.LZMAError, tarfile.TarError) as error:
            raise NotAPayloadError(f"bundle of {room}: not a tar.xz: {error}") from error
        return cls(room, tuple(files))

    def only(self, paths: Iterable[str]) -> "Bundle":
        """The bundle of some of its files. Raises MissingTemplateError for a file that it has not."""
        return Bundle.of(self.room, {path: self.text(path) for path in paths})

    @property
    def first_boot(self) -> "Bundle":
        """What user data carries of it."""
        return self.only(self.at_first_boot) if self.at_first_boot else self

    def text(self, path: str) -> str:
        """The text of one file; MissingTemplateError names what there is."""
        for file in self.files:
            if file.path == path:
                return file.content.decode()
        raise MissingTemplateError(
            f"bundle of {self.room}: no {path}; it has {', '.join(file.path for file in self.files)}"
        )


@lru_cache(maxsize=256)
def _packed(files: tuple[File, ...]) -> bytes:
    """Kept: sites of one run have most of their files in common."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in files:
            info = tarfile.TarInfo(file.path)
            info.mode, info.size = file.mode, len(file.content)
            tar.addfile(info, io.BytesIO(file.content))
    return lzma.compress(raw.getvalue(), format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)


@lru_cache(maxsize=256)
def _ascii85(packed: bytes) -> str:
    """Kept as well: Python's own takes longer than all else that a command needs."""
    return base64.a85encode(packed).decode()
