"""A formula (LaTeX) as a tree, and that tree as MathML, as plain HTML, and as Office Math for Word.

The HTML stands in for MathML where browsers before 2023 and the PDF writer do not know it. Rule:
only the elements named here and escaped text go out, whatever the LaTeX asked for (it may ask for
links and styles); what cannot be read is shown as it was written.
"""

import html
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape

_LEAVES = frozenset({"mi", "mn", "mo", "mtext"})
_INNER = {
    "mrow": 0, "mfrac": 2, "msqrt": 0, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3,
    "mtable": 0, "mtr": 0, "mtd": 0,
}  # fmt: skip
"""Elements with children, and how many they must have (0: any number)."""
_DEEPEST = 40
_MOST_NODES = 2_000
_MATHML = "http://www.w3.org/1998/Math/MathML"
_CLASSES = {
    "msub": "", "msup": "", "msubsup": "", "mroot": "", "mrow": "fm-row", "mfrac": "fm-frac", "msqrt": "fm-root", "munder": "fm-stack",
    "mover": "fm-stack", "munderover": "fm-stack", "mtable": "fm-table", "mtr": "fm-line", "mtd": "fm-cell",
}  # fmt: skip


class _Unreadable(Exception):
    """LaTeX that cannot be shown as a formula."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a formula: a leaf has text, an inner one has children."""

    tag: str
    text: str = ""
    children: tuple["Node", ...] = ()


@lru_cache(maxsize=2_000)
def tree_of(latex: str) -> Node | None:
    """Return a formula as a tree; ``None`` for one that cannot be read."""
    try:
        return _Reading().node(convert_to_element(latex), 0)
    except (_Unreadable, RecursionError):
        return None
    except Exception:  # noqa: BLE001 -- the converter raises whatever it stumbles over (KeyError, IndexError, its own)
        return None


def mathml(latex: str) -> Markup:
    """Return a formula as MathML; LaTeX that cannot be read as code."""
    tree = tree_of(latex)
    if tree is None:
        return Markup("<code>{}</code>").format(latex)
    return Markup(f'<math xmlns="{_MATHML}">{_mathml(tree)}</math>')  # noqa: S704 -- every text in it is escaped


def plain_html(latex: str) -> Markup:
    """Return a formula as HTML that any browser and the PDF writer show."""
    tree = tree_of(latex)
    if tree is None:
        return Markup("<code>{}</code>").format(latex)
    return Markup(f'<span class="fm">{_html(tree)}</span>')  # noqa: S704 -- every text in it is escaped


class _Reading:
    """Counts what one formula takes, so that a hostile one ends early."""

    def __init__(self) -> None:
        self._nodes = 0

    def node(self, element: Element, depth: int) -> Node:
        self._nodes += 1
        if depth > _DEEPEST or self._nodes > _MOST_NODES:
            raise _Unreadable
        text = html.unescape(element.text or "")
        children = tuple(self.node(child, depth + 1) for child in element)
        if element.tag in _LEAVES and not children:
            return Node(element.tag, text)
        if element.tag == "mspace":
            return Node("mtext", " ")
        wanted = _INNER.get(element.tag, 0)
        if wanted and len(children) != wanted:
            raise _Unreadable
        return Node(element.tag if element.tag in _INNER else "mrow", children=children)


def _mathml(node: Node) -> str:
    if node.tag in _LEAVES:
        return f"<{node.tag}>{escape(node.text)}</{node.tag}>"
    return f"<{node.tag}>{''.join(map(_mathml, node.children))}</{node.tag}>"


def _html(node: Node) -> str:
    if node.tag in _LEAVES:
        return _leaf(node)
    inner = [_html(child) for child in node.children]
    if node.tag == "msup":
        return f"{inner[0]}<sup>{inner[1]}</sup>"
    if node.tag == "msub":
        return f"{inner[0]}<sub>{inner[1]}</sub>"
    if node.tag == "msubsup":
        return f"{inner[0]}<sub>{inner[1]}</sub><sup>{inner[2]}</sup>"
    if node.tag == "mroot":
        return f'<sup>{inner[1]}</sup>√<span class="fm-root">{inner[0]}</span>'
    if node.tag in {"munder", "mover", "munderover"}:
        inner = {"munder": inner, "mover": inner[::-1], "munderover": [inner[-1], *inner[:2]]}[node.tag]
    if node.tag in {"mfrac", "munder", "mover", "munderover"}:
        inner = [f"<span>{part}</span>" for part in inner]
    sign = "√" if node.tag == "msqrt" else ""
    return f'{sign}<span class="{_CLASSES[node.tag]}">{"".join(inner)}</span>'


def _leaf(node: Node) -> str:
    words = escape(node.text)
    if node.tag == "mo":
        return f'<span class="fm-o">{words}</span>'
    return f'<i class="fm-i">{words}</i>' if node.tag == "mi" and len(node.text) == 1 and node.text.isalpha() else str(words)
