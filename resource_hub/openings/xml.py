"""What every XML answer here needs: elements with text that XML can hold, and moments as it writes them."""

import re
from datetime import UTC, datetime

from lxml import etree

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold, though a title may."""


def sub(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Add an element in its parent's namespace and return it."""
    namespace = etree.QName(parent).namespace
    element = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name, attributes)
    if text is not None:
        element.text = clean(text)
    return element


def clean(text: str) -> str:
    """Return ``text`` without what XML cannot hold."""
    return _NO_XML.sub("", text)


def text_of(at: datetime) -> str:
    """Return a moment to the second, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
