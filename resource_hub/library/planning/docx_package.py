"""The zip of a Word file within bounds: what may be inflated, what may be parsed, what is refused and by which word.

Rule: every bound holds for what is really inflated, whatever the directory of the zip claims; an XML
part with a document type is not parsed at all.
"""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from lxml import etree

from resource_hub.infra import child

MOST_BYTES = 20 << 20
MOST_PICTURES = 40
_MOST_MEMBERS = 2_000
_MOST_INFLATED = 120 << 20
_MOST_XML = 24 << 20
_MOST_RATIO = 200
_RATIO_COUNTS_FROM = 4 << 20
_MOST_ELEMENTS = 400_000
_MOST_PICTURE = 8 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHAPES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
"""What a picture must begin with; old metafiles cannot be shown by a browser."""


class Package:
    """The zip of a docx within bounds."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise child.Refused("locked" if b"E\0n\0c\0r\0y\0p\0t" in data else "old")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise child.Refused("broken") from error
        infos = self._zip.infolist()
        self.names = {info.filename: info for info in infos}
        if len(infos) > _MOST_MEMBERS or sum(info.file_size for info in infos) > _MOST_INFLATED:
            raise child.Refused("bomb")
        if any(PurePosixPath(name).name.lower() in {"vbaproject.bin", "vbadata.xml"} for name in self.names):
            raise child.Refused("macro")
        if "word/document.xml" not in self.names:
            raise child.Refused("other")
        self._left = _MOST_ELEMENTS

    def member(self, name: str, most: int) -> bytes:
        info = self.names[name]
        if info.flag_bits & 1:
            raise child.Refused("locked")
        found = io.BytesIO()
        try:
            with self._zip.open(info) as source:
                while chunk := source.read(1 << 16):
                    found.write(chunk)
                    size = found.tell()
                    if size > most or (size > _RATIO_COUNTS_FROM and size > _MOST_RATIO * max(info.compress_size, 1)):
                        raise child.Refused("bomb")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise child.Refused("broken") from error
        return found.getvalue()

    def xml(self, name: str) -> etree._Element:
        data = self.member(name, _MOST_XML)
        if b"<!DOCTYPE" in data.replace(b"\0", b"").upper()[:4096] or b"<!ENTITY" in data.replace(b"\0", b"").upper():
            raise child.Refused("unsafe")
        try:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise child.Refused("broken") from error
        self._left -= sum(1 for _element in root.iter())
        if self._left < 0:
            raise child.Refused("bomb")
        return root

    def side_parts(self) -> list[str]:
        """Return headers, footers and notes: their words are words of the file too."""
        wanted = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml$")
        return sorted(name for name in self.names if wanted.match(name))

    def picture(self, relation: str) -> bytes | None:
        """Return the bytes of a picture that the document shows; ``None`` when they are elsewhere or of a kind not shown."""
        if not hasattr(self, "_relations"):
            part = "word/_rels/document.xml.rels"
            rows = self.xml(part) if part in self.names else []
            self._relations = {row.get("Id"): row.get("Target", "") for row in rows if row.get("TargetMode") != "External"}
        target = self._relations.get(relation, "")
        name = target.lstrip("/") if target.startswith("/") else f"word/{target}"
        if not target or name not in self.names or ".." in name or self.names[name].file_size > _MOST_PICTURE:
            return None
        data = self.member(name, _MOST_PICTURE)
        return data if data.startswith(_SHAPES) else None
