"""Formulas go out as escaped elements that we name, whatever the LaTeX asks for; unreadable ones stay as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from resource_hub.library.planning import formulas
from resource_hub.library.planning.office_math import office_math


def test_a_fraction_is_a_fraction_everywhere() -> None:
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>" in formulas.mathml(r"\frac{1}{2}")
    assert '<span class="fm-frac">' in formulas.plain_html(r"\frac{1}{2}")
    word = office_math(r"\frac{1}{2}")
    assert word is not None
    assert [etree.QName(element).localname for element in word.iter()][1:3] == ["f", "num"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\style{color:red}{x}",
        "<img src=x onerror=y>",
        r"\text{&lt;b&gt;}",
    ],
)
def test_nothing_but_our_own_elements_goes_out(latex: str) -> None:
    for made in (formulas.mathml(latex), formulas.plain_html(latex)):
        tree = etree.fromstring(f"<r>{made}</r>")
        assert not {etree.QName(element).localname for element in tree.iter()} & {"script", "img", "a", "b"}
        assert {name for element in tree.iter() for name in element.attrib} <= {"class"}


@pytest.mark.parametrize("latex", ["", r"\frac{1", "{" * 3000, r"\begin{x}", "$"])
def test_what_cannot_be_read_stays_as_it_was_written(latex: str) -> None:
    assert str(formulas.mathml(latex)).startswith(("<code>", "<math"))
    assert office_math("{" * 3000) is None


@given(st.text(alphabet=r"\{}^_ab12+<>&$frac sqrt", max_size=40))
def test_any_text_gives_whole_elements(latex: str) -> None:
    for made in (formulas.mathml(latex), formulas.plain_html(latex)):
        etree.fromstring(f"<r>{made}</r>")
    office_math(latex)
