"""IMS Common Cartridge: the manifest of one that comes in (1.1 to 1.3), and of one that goes out (1.3).

Pure: bytes and plain values. A manifest names files of its own zip only; what it says of entities
or of addresses elsewhere is never followed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from resource_hub.kernel.errors import N_, Invalid

MANIFEST = "imsmanifest.xml"
PLAN_STYLE = "plan.css"
"""The style of the page of a structured plan, beside it."""
MOST_BYTES = 8 << 20
MOST_ITEMS = 2_000
_CP = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


class BadManifest(Invalid):
    code, message = "bad_manifest", N_("读不出这个课件包的目录（imsmanifest.xml）。请在原来的平台重新导出再上传。")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the cartridge in its order, under its title."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Cartridge:
    """What a cartridge holds; ``left_out`` are titles of what is no file (links, tests, discussions)."""

    title: str
    summary: str
    keywords: Sequence[str]
    items: Sequence[Item]
    left_out: Sequence[str]


def read(data: bytes) -> Cartridge:
    """Return the organisation of a manifest as one ordered list; raises BadManifest."""
    if b"<!DOCTYPE" in data.replace(b"\x00", b"").upper():
        raise BadManifest
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadManifest from error
    if _name(root) != "manifest":
        raise BadManifest
    resources = {node.get("identifier", ""): node for node in root.iter() if _name(node) == "resource"}
    base = _base(root) + next((_base(node) for node in root if _name(node) == "resources"), "")
    organisation = next((node for node in root.iter() if _name(node) == "organization"), None)
    items: list[Item] = []
    left_out: list[str] = []
    listed = [node for node in organisation.iter() if _name(node) == "item"] if organisation is not None else []
    for node in listed[:MOST_ITEMS]:
        resource = resources.get(node.get("identifierref", ""))
        if resource is not None:
            _add(items, left_out, _child(node, "title"), resource, base)
    if not items and not left_out:
        for resource in list(resources.values())[:MOST_ITEMS]:
            _add(items, left_out, "", resource, base)
    lom = next((node for node in root.iter() if _name(node) == "general"), None)
    title = _string(lom, "title") or (_child(organisation, "title") if organisation is not None else "")
    return Cartridge(title[:200], _string(lom, "description")[:2000], _strings(lom, "keyword")[:8], items, left_out)


def manifest(plan: Mapping[str, Any]) -> bytes:
    """Return the manifest of a cartridge that holds what the plan of a pack names."""
    root = etree.Element(f"{{{_CP}}}manifest", nsmap={None: _CP, "lomimscc": _LOM}, identifier=f"M_{plan['works'][0]['id']}")  # type: ignore[dict-item]  # the stubs forget the default namespace
    metadata = _sub(root, "metadata")
    _sub(metadata, "schema", "IMS Common Cartridge")
    _sub(metadata, "schemaversion", "1.3.0")
    _describe(metadata, plan)
    organisation = _sub(_sub(root, "organizations"), "organization", identifier="O_1", structure="rooted-hierarchy")
    top = _sub(organisation, "item", identifier="I_0")
    resources = _sub(root, "resources")
    is_alone = len(plan["works"]) == 1
    for number, work in enumerate(plan["works"], 1):
        folder = top if is_alone else _sub(top, "item", identifier=f"I_{number}")
        if not is_alone:
            _sub(folder, "title", work["title"])
        for place, (title, href, more) in enumerate(_contents(work), 1):
            item = _sub(folder, "item", identifier=f"I_{number}_{place}", identifierref=f"R_{number}_{place}")
            _sub(item, "title", title)
            resource = _sub(resources, "resource", identifier=f"R_{number}_{place}", type="webcontent", href=href)
            for file in (href, *more):
                _sub(resource, "file", href=file)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _contents(work: Mapping[str, Any]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield title, address and further files of what a work holds: its structured plan first, then its files."""
    if plan := work.get("plan"):
        yield plan["label"], plan["address"], sorted({*plan["pictures"].values(), PLAN_STYLE})
    for part in work["parts"]:
        yield part["filename"], part["original"], ()


def _describe(metadata: etree._Element, plan: Mapping[str, Any]) -> None:
    """Add the learning object metadata of the cartridge: one work's own, of several what they share."""
    first = plan["works"][0]
    lom = _sub(metadata, "lom", _space=_LOM)
    general = _sub(lom, "general", _space=_LOM)
    _lang(general, "title", plan["title"])
    _sub(general, "language", "zh", _space=_LOM)
    if first["summary"]:
        _lang(general, "description", first["summary"])
    for word in first["keywords"]:
        _lang(general, "keyword", word)
    life = _sub(lom, "lifeCycle", _space=_LOM)
    for author, school in dict.fromkeys((work["author"], work["school"]) for work in plan["works"]):
        contribute = _sub(life, "contribute", _space=_LOM)
        role = _sub(contribute, "role", _space=_LOM)
        _sub(role, "source", "LOMv1.0", _space=_LOM)
        _sub(role, "value", "author", _space=_LOM)
        card = f"BEGIN:VCARD\nVERSION:3.0\nFN:{author}\nORG:{school}\nEND:VCARD"
        _sub(contribute, "entity", card, _space=_LOM)
    rights = _sub(lom, "rights", _space=_LOM)
    restricted = _sub(rights, "copyrightAndOtherRestrictions", _space=_LOM)
    _sub(restricted, "source", "LOMv1.0", _space=_LOM)
    _sub(restricted, "value", "yes", _space=_LOM)
    _lang(rights, "description", "; ".join(dict.fromkeys(f"{w['licence']} {w['licence_label']} {w['may']}" for w in plan["works"])))


def _add(items: list[Item], left_out: list[str], title: str, resource: etree._Element, base: str) -> None:
    kind = resource.get("type", "")
    href = resource.get("href") or next((node.get("href", "") for node in resource if _name(node) == "file"), "")
    if not href or (kind and "webcontent" not in kind and "associatedcontent" not in kind):
        left_out.append(title or href or kind)
        return
    path = base + _base(resource) + unquote(re.split(r"[?#]", href)[0])
    items.append(Item(title, path))


def _sub(parent: etree._Element, name: str, text: str | None = None, *, _space: str = _CP, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_space}}}{name}", attributes)
    if text is not None:
        element.text = _NO_XML.sub("", text)
    return element


def _lang(parent: etree._Element, name: str, text: str) -> None:
    string = _sub(_sub(parent, name, _space=_LOM), "string", text, _space=_LOM)
    string.set("language", "zh")


def _name(node: etree._Element) -> str:
    """Namespaces differ from version to version, names do not."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _base(node: etree._Element) -> str:
    return unquote(node.get(_XML_BASE, ""))


def _child(node: etree._Element, name: str) -> str:
    return next((_text(child) for child in node if _name(child) == name), "")


def _string(node: etree._Element | None, name: str) -> str:
    return next(iter(_strings(node, name)), "")


def _strings(node: etree._Element | None, name: str) -> list[str]:
    if node is None:
        return []
    return [text for child in node if _name(child) == name and (text := _text(child))]


def _text(node: etree._Element) -> str:
    return "".join(map(str, node.itertext())).strip()
