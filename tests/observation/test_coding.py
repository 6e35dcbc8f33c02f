"""S-T, FIAS and kappa: the district's vectors, and laws that hold for every sequence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.observation import coding
from resource_hub.observation.coding import Mode, Scheme, WrongCode

ST = st.lists(st.sampled_from("TS"), max_size=120)
FIAS = st.lists(st.sampled_from(coding.ALPHABET[Scheme.FIAS]), max_size=120)
LESSON = "5 5 5 4 8 2 3 5 4 8 8 3 6 10 9 9 3 5 5 4 8 7 5 6 8 2"


@pytest.mark.parametrize(
    ("codes", "figures"),
    [
        ("TTTTSSTTST", (10, 7, 5, 0.7, 0.4, Mode.DIALOGUE)),
        ("T" * 56 + "S" * 24, (80, 56, 2, 0.7, 0.0125, Mode.LECTURE)),
        ("TTTSS" * 16, (80, 48, 32, 0.6, 0.3875, Mode.MIXED)),
        ("TS" * 40, (80, 40, 80, 0.5, 0.9875, Mode.DIALOGUE)),
        ("T" * 10 + "S" * 50 + "T" * 10 + "S" * 10, (80, 20, 4, 0.25, 0.0375, Mode.PRACTICE)),
        ("TTSSSSTTSS" * 8, (80, 32, 32, 0.4, 0.3875, Mode.MIXED)),
    ],
)
def test_st_gives_the_figures_of_the_handbook(codes: str, figures: tuple[object, ...]) -> None:
    found = coding.st_figures(coding.read_codes(Scheme.ST, codes))
    assert (found.n, found.nt, found.g, found.rt, found.ch, found.mode) == figures


def test_fias_gives_the_figures_of_the_handbook() -> None:
    found = coding.fias_figures(coding.read_codes(Scheme.FIAS, LESSON))
    assert (found.n, found.columns) == (27, (0, 2, 3, 3, 7, 2, 1, 5, 2, 2))
    shares = {
        "tt": 66.67, "pt": 25.93, "sc": 7.41, "id_ratio": 0.8, "id_revised": 1.6667, "trr": 62.5, "tqr": 30, "pir": 28.57, "ccr": 51.85,
        "ssr": 18.52, "pssr": 28.57, "trr89": 80, "vc": 0,
    }  # fmt: skip
    for name, value in shares.items():
        assert getattr(found, name) == pytest.approx(value, abs=0.005), name
    assert found.tqr89 is None


def test_content_cross_is_the_same_by_counting_cells() -> None:
    matrix = coding.fias_matrix(coding.read_codes(Scheme.FIAS, LESSON))
    cross = sum(matrix[row][column] for row in range(10) for column in range(10) if {row, column} & {3, 4})
    assert 100 * cross / 27 == pytest.approx(coding.fias_figures(coding.read_codes(Scheme.FIAS, LESSON)).ccr)


def test_kappa_of_the_handbook_tells_where_two_coders_disagree() -> None:
    found = coding.agreement("TTTTSSTTST", "TTTSSSTTSS")
    assert (found.po, found.pe, found.kappa) == (pytest.approx(0.8), pytest.approx(0.5), pytest.approx(0.6))
    assert [(place.index, place.one, place.other) for place in found.places] == [(3, "T", "S"), (9, "T", "S")]
    assert not found.is_comparable


def test_coders_of_different_lengths_are_compared_over_what_both_coded() -> None:
    found = coding.agreement("TT-SSS", "TTTS")
    assert (found.n, found.left_out, found.po) == (3, 3, 1)
    assert coding.agreement("", "TT") == coding.Agreement(0, 2, None, None, None, ())


def test_where_chance_alone_agrees_wholly_there_is_no_kappa() -> None:
    assert coding.agreement("TTTT", "TTTT").kappa is None


def test_both_ends_give_the_share_of_the_village() -> None:
    city, village = coding.st_figures("TTSSSSSS"), coding.st_figures("TTTTTTSS")
    assert coding.village_share(city, village) == 0.25
    assert coding.village_share(coding.st_figures("TT"), coding.st_figures("TT")) is None


def test_a_code_outside_the_scheme_is_named_with_its_place() -> None:
    with pytest.raises(WrongCode) as refused:
        coding.read_codes(Scheme.ST, "TTXS")
    assert (refused.value.params["place"], refused.value.params["found"]) == (3, "X")
    with pytest.raises(WrongCode) as refused:
        coding.read_codes(Scheme.FIAS, [5, 11, 0])
    assert (refused.value.params["place"], refused.value.params["found"]) == (2, "11")
    with pytest.raises(WrongCode):
        coding.read_codes(Scheme.ST, "T-S")
    assert coding.read_codes(Scheme.ST, "t-s", with_gaps=True) == ("T", "-", "S")


@given(ST)
def test_st_shares_lie_where_they_can(codes: list[str]) -> None:
    found = coding.st_figures(codes)
    assert (found.n, found.nt + found.ns) == (len(codes), len(codes))
    if found.rt is None or found.ch is None:
        assert not codes
        return
    assert 0 <= found.rt <= 1
    assert found.ch <= 2 * min(found.rt, 1 - found.rt) + 1 / found.n + 1e-9
    backwards = coding.st_figures(codes[::-1])
    assert (backwards.rt, backwards.ch, backwards.mode) == (found.rt, found.ch, found.mode)


@given(FIAS)
def test_rows_and_columns_of_fias_add_up_alike(codes: list[str]) -> None:
    matrix, found = coding.fias_matrix(codes), coding.fias_figures(codes)
    assert tuple(sum(row) for row in matrix) == found.columns
    assert found.n == (len(codes) + 1 if codes else 0)
    if found.tt is not None:
        assert found.tt + (found.pt or 0) + (found.sc or 0) == pytest.approx(100)


@given(FIAS)
def test_what_is_written_reads_the_same(codes: list[str]) -> None:
    assert coding.read_codes(Scheme.FIAS, coding.write_codes(Scheme.FIAS, codes)) == tuple(codes)


@given(ST, ST)
def test_agreement_is_the_same_from_both_sides(one: list[str], other: list[str]) -> None:
    here, there = coding.agreement(one, other), coding.agreement(other, one)
    assert here.n + here.left_out == max(len(one), len(other))
    assert (here.kappa is None) == (there.kappa is None)
    if here.kappa is not None and there.kappa is not None:
        assert here.kappa == pytest.approx(there.kappa)
        assert here.kappa <= 1
    assert [place.index for place in here.places] == [place.index for place in there.places]
