"""``POST /api/v1/codings``: anybody may check the formulas, of no lesson."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def computed(client: FlaskClient, **given: object) -> dict[str, object]:
    reply = client.post("/api/v1/codings", json=given)
    assert reply.status_code == 200, reply.json
    found: dict[str, object] = reply.json["data"]
    return found


def test_st_comes_in_the_shape_of_the_contract(client: FlaskClient) -> None:
    expected = {"n": 10, "nt": 7, "ns": 3, "g": 5, "rt": 0.7, "ch": 0.4, "mode": "对话型"}
    assert computed(client, scheme="st", codes="TTTTSSTTST", interval_s=30) == expected
    assert computed(client, scheme="st", codes=list("TTTTSSTTST")) == expected
    assert computed(client, scheme="st", codes="") == {"n": 0, "nt": 0, "ns": 0, "g": 0, "rt": None, "ch": None, "mode": None}


def test_fias_comes_in_the_shape_of_the_contract(client: FlaskClient) -> None:
    codes = [5, 5, 5, 4, 8, 2, 3, 5, 4, 8, 8, 3, 6, 10, 9, 9, 3, 5, 5, 4, 8, 7, 5, 6, 8, 2]
    expected = {
        "n": 27, "columns": [0, 2, 3, 3, 7, 2, 1, 5, 2, 2], "tt": 66.67, "pt": 25.93, "sc": 7.41, "id_ratio": 0.8, "id_revised": 1.6667,
        "trr": 62.5, "tqr": 30.0, "pir": 28.57, "ccr": 51.85, "ssr": 18.52, "pssr": 28.57, "trr89": 80.0, "tqr89": None, "vc": 0.0,
    }  # fmt: skip
    assert computed(client, scheme="fias", codes=codes, interval_s=3) == expected
    assert computed(client, scheme="fias", codes=" ".join(map(str, codes))) == expected


def test_a_second_coder_gives_kappa_and_the_places(client: FlaskClient) -> None:
    found = computed(client, scheme="st", codes="TTTTSSTTST", other="TTTSSSTTSS")
    assert found["agreement"] == {
        "n": 10, "left_out": 0, "po": 0.8, "pe": 0.5, "kappa": 0.6,
        "places": [{"index": 3, "one": "T", "other": "S"}, {"index": 9, "one": "T", "other": "S"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scheme": "st", "codes": "TTQS"}, "第 3 个编码“Q”不在编码表里，可用的是：T S。"),
        ({"scheme": "fias", "codes": [1, 2, 11]}, "第 3 个编码“11”不在编码表里"),
        ({"scheme": "fias", "codes": "0"}, "第 1 个编码“0”"),
    ],
)
def test_a_code_outside_the_scheme_is_refused_with_its_place(client: FlaskClient, given: dict[str, object], words: str) -> None:
    reply = client.post("/api/v1/codings", json=given)
    assert (reply.status_code, reply.json["error"]["code"]) == (422, "wrong_code")
    assert reply.json["error"]["fields"]["codes"].startswith(words)


@pytest.mark.parametrize(
    "given", [{}, {"scheme": "licc", "codes": "T"}, {"scheme": "st", "codes": 5}, {"scheme": "st", "codes": "T", "lesson": "x"}]
)
def test_what_is_no_question_is_refused(client: FlaskClient, given: dict[str, object]) -> None:
    assert client.post("/api/v1/codings", json=given).status_code == 422
