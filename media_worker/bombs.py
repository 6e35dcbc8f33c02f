"""Look into an office file before LibreOffice does: bombs, entity attacks, passwords.

A .docx is a zip of XML: 40 kB may inflate to gigabytes, and a document type may name local
files. Rule: nothing is inflated beyond the bounds here, whatever the directory of the zip says.
"""

import zipfile
import zlib
from pathlib import Path
from typing import IO

from resource_hub.kernel.errors import N_, Invalid

MOST_INFLATED = 1 << 30
MOST_XML = 256 << 20
MOST_RATIO = 150
_RATIO_COUNTS_FROM = 8 << 20
MOST_MEMBERS = 20_000
_CHUNK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML = (".xml", ".rels", ".vml", ".rdf")


class ZipBomb(Invalid):
    code, message = "zip_bomb", N_("这个文件解开后大得不正常，为了安全没有打开。请在电脑上打开并另存一份再上传；原件已保存。")


class HostileXml(Invalid):
    code, message = "hostile_xml", N_("这个文件里有不安全的内容（外部实体），为了安全没有打开。请用办公软件另存一份再上传。")


class DamagedPaper(Invalid):
    code, message = "damaged_document", N_("这个文档已损坏，打不开。请在电脑上打开确认、另存一份再上传；原件仍可下载。")


class PasswordProtected(Invalid):
    code, message = "password", N_("这个文档设有打开密码，平台看不到内容。请去掉密码后重新上传；原件仍可下载。")


def inspect(path: Path) -> None:
    """Raise a subclass of Invalid when the office file at ``path`` must not be opened."""
    with path.open("rb") as file:
        head = file.read(8)
    if head == _OLE:
        with path.open("rb") as file:
            if holds(file, "EncryptedPackage".encode("utf-16-le")):
                raise PasswordProtected
    elif head[:4] == b"PK\x03\x04":
        _inspect_zip(path)


def holds(file: IO[bytes], *words: bytes) -> bool:
    """Tell whether one of ``words`` stands in the rest of ``file``, whatever its size."""
    overlap = max(map(len, words)) - 1
    tail = b""
    while chunk := file.read(_CHUNK):
        seen = tail + chunk
        if any(word in seen for word in words):
            return True
        tail = seen[-overlap:]
    return False


def _inspect_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            declared = sum(m.file_size for m in members)
            if len(members) > MOST_MEMBERS or declared > MOST_INFLATED or _is_odd_ratio(declared, path.stat().st_size):
                raise ZipBomb
            inflated = 0
            for member in members:
                if member.flag_bits & 1:
                    raise PasswordProtected
                inflated += _inspect_member(archive, member, MOST_INFLATED - inflated)
                if _is_odd_ratio(inflated, path.stat().st_size):
                    raise ZipBomb
            if _is_encrypted_odf(archive):
                raise PasswordProtected
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise DamagedPaper from error


def _is_odd_ratio(inflated: int, packed: int) -> bool:
    return inflated > _RATIO_COUNTS_FROM and inflated > MOST_RATIO * max(packed, 1)


def _inspect_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> int:
    """Inflate one member without keeping it and return its real size."""
    is_xml = member.filename.lower().endswith(_XML)
    room = min(room, MOST_XML) if is_xml else room
    size, tail = 0, b""
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise ZipBomb
            if is_xml:
                seen = tail + chunk
                # A document type may also be written in UTF-16: without the zero bytes it reads the same.
                plain = seen.replace(b"\x00", b"").upper()
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                    raise HostileXml
                tail = seen[-32:]
    return size


def _is_encrypted_odf(archive: zipfile.ZipFile) -> bool:
    name = "META-INF/manifest.xml"
    if name not in archive.namelist():
        return False
    with archive.open(name) as file:
        return holds(file, b"encryption-data")
