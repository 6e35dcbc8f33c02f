"""A formula as Office Math (OMML), as Word shows and edits it."""

from collections.abc import Callable

from lxml import etree

from resource_hub.library.planning.formulas import Node, tree_of

_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def office_math(latex: str) -> etree._Element | None:
    """Return a formula as an ``m:oMath`` element; ``None`` for LaTeX that cannot be read."""
    tree = tree_of(latex)
    if tree is None:
        return None
    root = etree.Element(f"{{{_M}}}oMath", nsmap={"m": _M})
    _append(root, tree)
    return root


def _append(parent: etree._Element, node: Node) -> None:
    build = _BUILDERS.get(node.tag)
    if build is not None:
        build(parent, node.children)
    elif node.children:
        for child in node.children:
            _append(parent, child)
    elif node.text:
        text = _sub(_sub(parent, "r"), "t")
        text.text = "".join(c for c in node.text if c.isprintable())
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _sub(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_M}}}{name}")


def _filled(parent: etree._Element, name: str, node: Node) -> None:
    _append(_sub(parent, name), node)


def _parts(element: str, *names: str) -> Callable[[etree._Element, tuple[Node, ...]], None]:
    """Return a builder of an element whose parts have these names, in the order of MathML's children."""

    def build(parent: etree._Element, children: tuple[Node, ...]) -> None:
        made = _sub(parent, element)
        for name, child in zip(names, children, strict=True):
            _filled(made, name, child)

    return build


def _root(parent: etree._Element, children: tuple[Node, ...]) -> None:
    made = _sub(parent, "rad")
    hidden = _sub(_sub(made, "radPr"), "degHide")
    hidden.set(f"{{{_M}}}val", "1")
    _sub(made, "deg")
    _filled(made, "e", Node("mrow", children=children))


def _nth_root(parent: etree._Element, children: tuple[Node, ...]) -> None:
    made = _sub(parent, "rad")
    _filled(made, "deg", children[1])
    _filled(made, "e", children[0])


def _stack(parent: etree._Element, children: tuple[Node, ...]) -> None:
    low = Node("munder", children=children[:2])
    made = _sub(parent, "limUpp")
    _filled(made, "e", low)
    _filled(made, "lim", children[2])


def _table(parent: etree._Element, children: tuple[Node, ...]) -> None:
    made = _sub(parent, "m")
    for row in children:
        line = _sub(made, "mr")
        for cell in row.children:
            _filled(line, "e", cell)


_BUILDERS: dict[str, Callable[[etree._Element, tuple[Node, ...]], None]] = {
    "mfrac": _parts("f", "num", "den"),
    "msup": _parts("sSup", "e", "sup"),
    "msub": _parts("sSub", "e", "sub"),
    "msubsup": _parts("sSubSup", "e", "sub", "sup"),
    "munder": _parts("limLow", "e", "lim"),
    "mover": _parts("limUpp", "e", "lim"),
    "munderover": _stack,
    "msqrt": _root,
    "mroot": _nth_root,
    "mtable": _table,
}
