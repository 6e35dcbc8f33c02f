"""Lessons over real sockets to a real web process: who gets in, what becomes a fact, who learns of it."""

import asyncio
from typing import Any

import pytest
import socketio

from resource_hub.live.board import encode
from tests.live.clients import Client, run
from tests.live.conftest import Live

pytestmark = pytest.mark.slow

STROKE = {"page": "deck/1", "points": encode([(10, 10), (40, 60), (80, 20)])}


def test_what_one_draws_everybody_has_in_the_same_order(live: Live) -> None:
    async def story() -> None:
        lead, village, watcher = [await live.client(seat).enter() for seat in ("lead", "class:1", "observer")]
        assert [one.seat for one in (lead, village, watcher)] == ["lead", "class:1", "observer"]
        assert (await lead.act("lesson:start"))["ok"]
        for _ in range(20):
            await lead.act("board:draw", STROKE, wait=False)
            await village.act("board:draw", STROKE, wait=False)
        everybody = (lead, village, watcher)
        for one in everybody:
            await one.until(lambda client: len(client.now["pages"].get("deck/1", ())) == 40)
        assert lead.facts[-40:] == village.facts[-40:] == watcher.facts[-40:]
        assert lead.now == village.now
        assert "observer" not in lead.now["seats"]
        await _close(*everybody)

    run(story())


def test_an_answer_comes_after_the_fact_is_kept(live: Live) -> None:
    async def story() -> None:
        lead = await live.client("lead").enter()
        await lead.act("lesson:start")
        answer = await lead.act("chat:say", {"text": "同学们好"}, ident="hello")
        again = await lead.act("chat:say", {"text": "同学们好"}, ident="hello")
        assert answer["data"]["seq"] == again["data"]["seq"]
        fresh = await live.client("lead").enter()
        assert [said["text"] for said in fresh.now["chat"]] == ["同学们好"]
        await _close(lead, fresh)

    run(story())


def test_whoever_comes_back_gets_what_was_missed_and_nothing_twice(live: Live) -> None:
    async def story() -> None:
        lead, village = await live.client("lead").enter(), await live.client("class:1").enter()
        await lead.act("lesson:start")
        await village.until(lambda client: client.now["phase"] == "running")
        await village.cut()
        for number in range(30):
            await lead.act("slide:turn", {"deck": "deck", "page": number + 1})
        await village.come_back()
        await village.until(lambda client: (client.now["slide"] or {}).get("page") == 30)
        numbers = [fact["seq"] for fact in village.facts]
        assert numbers == sorted(set(numbers))
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        await _close(lead, village)

    run(story())


def test_only_who_belongs_to_the_lesson_comes_in(live: Live) -> None:
    async def story() -> None:
        stranger = Client(live.url, "no such token", live.lesson)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await stranger.connect()
        lead = await live.client("lead").connect()
        assert (await lead.ask("lesson:join", {"lesson": "les_unknown"}))["error"]["code"] == "not_found"
        assert (await lead.act("chat:say", {"text": "还没有进来"}))["error"]["code"] == "not_joined"
        await lead.close()

    run(story())


@pytest.mark.parametrize(
    ("seat", "command", "data", "code"),
    [
        ("class:1", "slide:turn", {"deck": "deck", "page": 2}, "not_allowed"),
        ("observer", "board:draw", STROKE, "not_allowed"),
        ("assist:1", "hand:raise", {"site": 2}, "not_your_room"),
        ("lead", "board:draw", {"page": "deck/1", "points": "?" * 1_000_000}, "invalid"),
        ("lead", "board:draw", {"page": "deck/1", "points": "_"}, "invalid"),
        ("lead", "board:draw", STROKE | {"extra": 1}, "invalid"),
        ("lead", "poll:close", {"poll": "never"}, "over_already"),
        ("lead", "works:show", {"photo": None}, "over_already"),
        ("assist:1", "works:show", {}, "not_allowed"),
        ("lead", "record:start", {"session": "session-one"}, "consent_missing"),
        ("assist:1", "record:start", {"session": "session-one"}, "only_the_lead"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(live: Live, seat: str, command: str, data: dict[str, Any], code: str) -> None:
    async def story() -> None:
        lead = await live.client("lead").enter()
        await lead.act("lesson:start")
        client = await live.client(seat).enter()
        before = client.now["seq"]
        answer = await client.act(command, data)
        assert answer["error"]["code"] == code
        assert answer["error"]["message"]
        assert (await client.join())["data"]["seq"] == before
        await _close(lead, client)

    run(story())


def test_a_flood_from_one_client_is_held_back_and_told_while_others_go_on(live: Live) -> None:
    async def story() -> None:
        lead, village = await live.client("lead").enter(), await live.client("class:1").enter()
        await lead.act("lesson:start")
        for _ in range(2_000):
            await village.act("board:draw", STROKE, wait=False)
        for number in range(10):
            assert (await lead.act("slide:turn", {"deck": "deck", "page": number + 1}))["ok"]
        await village.until(lambda client: bool(client.refused))
        assert village.refused[0]["error"]["code"] == "too_many"
        await _close(lead, village)

    run(story())


def test_marks_in_words_stay_words(live: Live) -> None:
    async def story() -> None:
        lead = await live.client("lead").enter()
        await lead.act("lesson:start")
        await lead.act("chat:say", {"text": "<script>alert(1)</script>"})
        await lead.until(lambda client: bool(client.now["chat"]))
        assert lead.now["chat"][0]["text"] == "<script>alert(1)</script>"
        await lead.close()

    run(story())


def test_a_stroke_in_the_making_is_shown_and_not_kept(live: Live) -> None:
    async def story() -> None:
        lead, village = await live.client("lead").enter(), await live.client("class:1").enter()
        before = (await lead.join())["data"]["seq"]
        await lead.sio.emit("ink:pass", {"lesson": live.lesson, "data": STROKE}, namespace="/live")
        async with asyncio.timeout(10):
            while not village.passed:  # noqa: ASYNC110 -- the library tells nobody
                await asyncio.sleep(0.02)
        assert village.passed[0]["by"] == "lead"
        assert (await lead.join())["data"]["seq"] == before
        await _close(lead, village)

    run(story())


def test_a_late_count_lands_after_the_lesson_and_a_late_slide_does_not(live: Live) -> None:
    async def story() -> None:
        lead, helper = await live.client("lead").enter(), await live.client("assist:1").enter()
        await lead.act("lesson:start")
        await lead.act("lesson:end")
        assert (await helper.act("ticket:count", {"site": 1, "item": 1, "right": 7, "wrong": 2}))["ok"]
        assert (await helper.act("slide:turn", {"deck": "deck", "page": 3}))["error"]["code"] == "not_now"
        await _close(lead, helper)

    run(story())


def test_a_lesson_that_was_ended_by_mistake_goes_on(live: Live) -> None:
    async def story() -> None:
        lead = await live.client("lead").enter()
        for _ in range(2):
            assert (await lead.act("lesson:start"))["ok"]
            assert (await lead.act("lesson:end"))["ok"]
        assert (await lead.act("lesson:start"))["ok"]
        await lead.until(lambda client: client.now["phase"] == "running")
        await lead.close()

    run(story())


async def _close(*clients: Client) -> None:
    for client in clients:
        await client.close()
