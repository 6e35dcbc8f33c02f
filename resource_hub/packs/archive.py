"""Reading a zip that somebody else made: its names, its sizes, its members, within bounds.

Names in GBK are read as such, and a member is inflated only as far as the bounds allow, whatever
the directory claims. Rule: nothing is ever written under a name from the zip.
"""

import hashlib
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from resource_hub.kernel.errors import N_, Invalid

MOST_MEMBERS = 5_000
MOST_MEMBER = 8 << 30
MOST_INFLATED = 60 << 30
_MOST_RATIO = 200
_RATIO_COUNTS_FROM = 16 << 20
_CHUNK = 1 << 20
_UTF8 = 0x800
_ZIPS = ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "imscc")
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


class BadArchive(Invalid):
    code, message = "bad_archive", N_("这个压缩包已损坏或设有密码，打不开。请重新打包成 zip 再上传。")


class HugeArchive(Invalid):
    code, message = "huge_archive", N_("这个压缩包太大：最多 %(most)s 个文件，解开后最多 60 GB。请分成几包。")


class ZipBomb(Invalid):
    code, message = "zip_bomb", N_("压缩包里的 %(name)s 解开后大得不正常，为了安全没有打开。")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive under the name that people read; ``problem`` says why it cannot be taken."""

    name: str
    size: int
    problem: str = ""


class Archive:
    """An open zip; ``members`` by name."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        infos = [info for info in opened.infolist() if not info.is_dir()]
        if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > MOST_INFLATED:
            raise HugeArchive(most=MOST_MEMBERS)
        self._opened = opened
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self.members: dict[str, Member] = {}
        names = _names_of(infos)
        for info, name in zip(infos, names, strict=True):
            if not _is_clutter(name) and name not in self._infos:
                self._infos[name] = info
                self.members[name] = Member(name, info.file_size, _problem(info, name))

    def find(self, name: str) -> Member | None:
        """Return the member that a table means: by its whole path, else by a file name or ending that only one has."""
        wanted = clean(name)
        if wanted in self.members:
            return self.members[wanted]
        ending = [member for member in self.members.values() if member.name.endswith(f"/{wanted}")]
        return ending[0] if len(ending) == 1 and wanted else None

    def read(self, name: str, most: int) -> bytes:
        """Return a small member whole; Invalid when it is larger than ``most``."""
        return b"".join(self._chunks(name, most))

    def extract(self, name: str, path: Path, check: Callable[[], None]) -> str:
        """Write a member to ``path`` and return its SHA-256."""
        digest = hashlib.sha256()
        with path.open("wb") as target:
            for chunk in self._chunks(name, MOST_MEMBER):
                check()
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    def digest(self, name: str, check: Callable[[], None]) -> str:
        """Return the SHA-256 of a member without keeping it."""
        digest = hashlib.sha256()
        for chunk in self._chunks(name, MOST_MEMBER):
            check()
            digest.update(chunk)
        return digest.hexdigest()

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        info = self._infos[name]
        size = 0
        try:
            with self._opened.open(info) as source:
                while chunk := source.read(_CHUNK):
                    size += len(chunk)
                    is_odd = size > _RATIO_COUNTS_FROM and size > _MOST_RATIO * max(info.compress_size, 1)
                    if is_odd or size > most:
                        raise ZipBomb(name=PurePosixPath(name).name[:60])
                    yield chunk
        except _BROKEN as error:
            raise BadArchive from error


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@contextmanager
def open_archive(source: Path | IO[bytes]) -> Iterator[Archive]:
    """Open a zip; raises BadArchive or HugeArchive."""
    try:
        opened = zipfile.ZipFile(source)
    except _BROKEN as error:
        raise BadArchive from error
    with opened:
        yield Archive(opened)


def clean(name: str) -> str:
    """Return a member's name as a relative path with plain slashes, composed and without what cannot be seen."""
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return seen.replace("\\", "/").strip().removeprefix("./")


def _names_of(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Return names as they were meant: without the mark of UTF-8 they are in the code page of the PC that packed them.

    zipfile reads such bytes as code page 437. Chinese PCs wrote GBK, some programs UTF-8 without the
    mark: whichever fits every name of the archive is it.
    """
    raw = [info.orig_filename.encode("cp437", "replace") for info in infos if not info.flag_bits & _UTF8]
    encoding = next((one for one in ("utf-8", "gb18030") if _fits(raw, one)), "cp437")
    return [
        clean(info.orig_filename if info.flag_bits & _UTF8 else info.orig_filename.encode("cp437", "replace").decode(encoding, "replace"))
        for info in infos
    ]


def _fits(raw: list[bytes], encoding: str) -> bool:
    try:
        for name in raw:
            name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_clutter(name: str) -> bool:
    """What systems leave in every folder, and nobody means to share."""
    parts = name.split("/")
    return parts[-1].lower() in _CLUTTER or parts[0] == "__MACOSX" or parts[-1].startswith(("._", "~$"))


def _problem(info: zipfile.ZipInfo, name: str) -> str:
    parts = name.split("/")
    found = (
        (name.startswith("/") or ".." in parts or name[1:2] == ":", N_("%(name)s：路径不安全（如 ../）。")),
        (stat.S_ISLNK(info.external_attr >> 16), N_("%(name)s：是链接，不是文件。")),
        (bool(info.flag_bits & 1), N_("%(name)s：设有密码。")),
        (name.rpartition(".")[2].lower() in _ZIPS, N_("%(name)s：压缩包里不能再有压缩包。")),
        (info.file_size > MOST_MEMBER, N_("%(name)s：单个文件超过 8 GB。")),
        (not info.file_size, N_("%(name)s：是空文件。")),
    )
    return next((words for is_so, words in found if is_so), "")
