"""Phones as document cameras: who may invite one, what its pass opens, what it is told, and what ends it."""

import asyncio
import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
import socketio

from resource_hub.kernel.viewer import Role
from resource_hub.live import acts, cameras, state
from resource_hub.live.cameras import INVITED_MS, Pass
from resource_hub.live.seats import Part, Seat
from resource_hub.live.summary import summary
from tests.live.clients import Client, run
from tests.live.conftest import Live

KEY = Pass("les_1", 1, "abc-_0")


def test_a_code_is_good_for_one_invitation_however_it_is_typed_and_a_pass_cannot_be_made_up() -> None:
    code = cameras.code_of("secret", KEY)
    assert cameras.is_code_of("secret", KEY, f" {code[:5].lower()}-{code[5:]} ")
    for other in (Pass("les_2", 1, KEY.key), Pass("les_1", 2, KEY.key), Pass("les_1", 1, "another")):
        assert not cameras.is_code_of("secret", other, code)
    token = cameras.token_of("secret", KEY)
    assert cameras.pass_of("secret", token) == KEY
    forged = [token.replace(".1.", ".2."), token[:-1] + ("0" if token[-1] != "0" else "1"), "cam.les_1.1.abc-_0.", "cam", "", "cam.a.b.c.d"]
    assert [cameras.pass_of("secret", one) for one in forged] == [None] * len(forged)
    assert cameras.pass_of("another secret", token) is None


def test_a_phone_says_nothing_of_whether_its_class_is_there() -> None:
    def fact(seq: int, minute: int, kind: str, by: str, **data: Any) -> dict[str, Any]:
        return {"lesson": "les_1", "seq": seq, "at": minute * 60_000, "by": by, "type": kind, "data": data}

    phone = {"seat": "camera:1", "conn": "c1", "device": "cam-one"}
    facts = [fact(1, 0, "lesson:started", "lead"), fact(2, 1, "seat:joined", "camera:1", **phone), fact(3, 40, "lesson:ended", "lead")]
    (village,) = [one for one in summary(facts, (0, 40 * 60_000), (0, 1)).sites if one.site == 1]
    assert village.there_ms == 0


def test_of_two_phones_the_later_has_the_place_and_a_new_invitation_ends_both() -> None:
    now = state.new("les_1")

    def give(name: str, seat: Seat, data: dict[str, Any], device: str) -> None:
        ident = f"c{now['seq'] + 1}"
        decided = acts.decide(acts.ACTS[name], acts.Moment(now, seat, now["seq"], ident, device), data)
        fact = {"lesson": "les_1", "seq": now["seq"] + 1, "at": 0, "by": str(seat), "type": acts.ACTS[name].fact, "data": decided}
        state.apply(now, fact)

    phone, lead = Seat(Part.CAMERA, 1), Seat(Part.LEAD, 0)
    give("camera:invite", lead, {"site": 1}, "panel")
    first = {"site": 1, "key": now["cameras"]["1"]["key"]}
    give("camera:take", phone, first, "cam-one")
    give("camera:show", lead, {"site": 1}, "panel")
    give("camera:take", phone, first, "cam-two")
    assert now["cameras"]["1"]["device"] == "cam-two"
    with pytest.raises(acts.CameraRevoked):
        give("camera:drop", phone, {"site": 1}, "cam-one")
    give("camera:invite", Seat(Part.ASSIST, 1), {"site": 1}, "tablet")
    assert (now["cameras"]["1"]["device"], now["shown_camera"]) == (None, None)
    with pytest.raises(acts.CameraRevoked):
        give("camera:take", phone, first, "cam-one")
    with pytest.raises(acts.OverAlready):
        give("camera:show", lead, {"site": 1}, "panel")
    with pytest.raises(acts.NotYourRoom):
        give("camera:invite", Seat(Part.ASSIST, 1), {"site": 2}, "tablet")


def test_a_code_is_taken_for_a_quarter_of_an_hour() -> None:
    there = {"1": {"key": "abc-_0", "at": 1_000, "device": None}}
    assert cameras.invitations("les_1", there, 1_000 + INVITED_MS) == [KEY]
    assert cameras.invitations("les_1", there, 1_001 + INVITED_MS) == []
    assert timedelta(milliseconds=INVITED_MS) == timedelta(minutes=15)
    assert cameras.STRANGER.has_role(*Role) is False


@pytest.mark.slow
def test_a_phone_comes_in_by_its_code_alone_and_may_do_nothing_but_film(live: Live) -> None:
    async def story() -> None:
        lead, assist, watcher = [await live.client(seat).enter() for seat in ("lead", "assist:1", "observer")]
        await lead.act("lesson:start")
        await lead.act("chat:say", {"text": "这句话与手机无关"})
        await lead.act("audio:take", {"site": 0})
        assert (await watcher.act("camera:invite", {"site": 1}))["error"]["code"] == "not_allowed"
        assert (await assist.act("camera:invite", {"site": 1}))["ok"]

        asked = f"/api/v1/lessons/{live.lesson}/camera?site="
        shown = await _get(live, asked + "1", "assist:1")
        assert shown["picture"].startswith("data:image/svg+xml")
        assert f"/live/{live.lesson}/camera#" in shown["address"]
        refused = {
            seat: await _code_of(_get(live, asked + site, seat))
            for seat, site in (("observer", "1"), ("class:1", "1"), ("assist:2", "1"), ("lead", "2"))
        }
        assert refused == {"observer": "not_allowed", "class:1": "not_allowed", "assist:2": "not_your_room", "lead": "no_invitation"}

        assert await _code_of(_redeem(live, "AAAAA-AAAAA", live.lesson)) == "wrong_code"
        assert await _code_of(_redeem(live, shown["code"], "les_unknown")) == "wrong_code"
        given = await _redeem(live, shown["code"], live.lesson)
        typed = await _redeem(live, shown["code"].lower(), None)
        assert (given["token"], given["site"]) == (typed["token"], 1)

        phone = await Client(live.url, given["token"], live.lesson).connect()
        answer = await phone.ask("lesson:join", {"lesson": live.lesson, "device": "cam-phone"})
        assert (answer["data"]["seat"], answer["data"]["device"]) == ("camera:1", "cam-phone")
        told = answer["data"]["snapshot"]
        assert (told["chat"], told["seats"], told["audio"]) == ([], {}, {"0": lead.now["audio"]["0"]})
        denied: dict[str, dict[str, Any]] = {
            "chat:say": {"text": "我"},
            "hand:raise": {"site": 1},
            "audio:take": {"site": 1},
            "camera:invite": {"site": 1},
            "camera:show": {"site": 1},
        }
        assert {name: (await phone.act(name, data))["error"]["code"] for name, data in denied.items()} == dict.fromkeys(
            denied, "not_allowed"
        )
        for name, data in (("board:load", {"page": "deck/1"}), ("sfu:hear", {"site": 0}), ("ink:pass", {"data": {}})):
            assert (await phone.ask(name, {"lesson": live.lesson, **data}))["error"]["code"] == "not_allowed"

        signal = {"lesson": live.lesson, "to": lead.now["audio"]["0"], "data": {"candidate": None}}
        assert (await phone.ask("signal:pass", signal))["error"]["code"] == "camera_revoked", "before it has the place"
        assert (await phone.act("camera:take", {"site": 1, "key": "guessed"}))["error"]["code"] == "camera_revoked"
        assert (await phone.act("camera:take", {"site": 1, "key": given["key"]}))["ok"]
        assert (await phone.ask("signal:pass", signal))["ok"]
        assert (await phone.ask("signal:pass", signal | {"to": "another"}))["error"]["code"] == "not_allowed"
        await lead.act("chat:say", {"text": "也与手机无关"})
        assert (await lead.act("camera:show", {"site": 1}))["ok"]
        await _until_told(phone, "camera:shown")
        kinds = {fact["type"] for fact in phone._early.values()}
        assert kinds <= cameras.TOLD

        await lead.act("camera:invite", {"site": 1})
        assert (await phone.ask("signal:pass", signal))["error"]["code"] == "camera_revoked"
        again = await Client(live.url, given["token"], live.lesson).connect()
        assert (await again.ask("lesson:join", {"lesson": live.lesson}))["error"]["code"] == "camera_revoked"
        assert await _code_of(_redeem(live, shown["code"], live.lesson)) == "wrong_code"
        await _until_gone(phone)
        for one in (lead, assist, watcher, again):
            await one.close()

    run(story())


@pytest.mark.slow
def test_a_pass_opens_no_other_lesson_and_ends_with_its_own(live: Live) -> None:
    async def story() -> None:
        lead = await live.client("lead").enter()
        await lead.act("lesson:start")
        await lead.act("camera:invite", {"site": 0})
        shown = await _get(live, f"/api/v1/lessons/{live.lesson}/camera?site=0", "lead")
        given = await _redeem(live, shown["code"], live.lesson)
        phone = await Client(live.url, given["token"], live.lesson).connect()
        assert (await phone.ask("lesson:join", {"lesson": "les_another"}))["error"]["code"] == "camera_revoked"
        assert (await phone.ask("lesson:join", {"lesson": live.lesson}))["ok"]
        for path in (f"/live/{live.lesson}", f"/api/v1/lessons/{live.lesson}/materials", "/api/v1/me"):
            assert await _status_of(live, path, given["token"]) == 401
        await lead.act("lesson:end")
        await _until_gone(phone)
        late = await Client(live.url, given["token"], live.lesson).connect()
        assert (await late.ask("lesson:join", {"lesson": live.lesson}))["error"]["code"] == "not_now"
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Client(live.url, given["token"][:-1] + "x", live.lesson).connect()
        for one in (lead, late):
            await one.close()

    run(story())


async def _get(live: Live, path: str, seat: str) -> dict[str, Any]:
    return await _send(urllib.request.Request(live.url + path, headers={"Authorization": f"Bearer {live.tokens[seat]}"}))


async def _redeem(live: Live, code: str, lesson: str | None) -> dict[str, Any]:
    body = json.dumps({"code": code} | ({"lesson": lesson} if lesson else {})).encode()
    return await _send(urllib.request.Request(live.url + "/api/v1/cameras", body, {"Content-Type": "application/json"}))


async def _send(request: urllib.request.Request) -> dict[str, Any]:
    """Return the data of an answer, or its error."""

    def ask() -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                found: dict[str, Any] = json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            found = json.load(error)["error"]
        return found

    return await asyncio.to_thread(ask)


async def _code_of(asked: Any) -> str:
    return str((await asked)["code"])


async def _status_of(live: Live, path: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def ask() -> int:
        try:
            with urllib.request.urlopen(urllib.request.Request(live.url + path, headers=headers), timeout=15) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    return await asyncio.to_thread(ask)


async def _until_told(phone: Client, kind: str) -> None:
    """Wait for a fact; a phone's facts have gaps, so they stay among those that came early."""
    await phone.until(lambda client: any(fact["type"] == kind for fact in client._early.values()))


async def _until_gone(phone: Client) -> None:
    """Wait until the server let the phone go."""
    await asyncio.wait_for(phone.sio.wait(), 20)
