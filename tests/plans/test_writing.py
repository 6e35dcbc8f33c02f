"""Plans over real sockets to a real web process: who writes, what is kept, who hears of it, what a cut costs."""

import asyncio
import random
import signal

import pytest
import socketio

from resource_hub.infra import installation, unit
from resource_hub.kernel.settings import Settings
from resource_hub.library.lesson_plan import Plan
from resource_hub.plans import queries, service
from resource_hub.plans.schemas import PlanState
from tests.live.clients import run
from tests.live.standing import start
from tests.people_of_a_district import District
from tests.plans.clients import Writer, set_in, titled, wrote
from tests.plans.conftest import COMMENTER, EDITOR, OWNER, STEPS, STRANGER, Writing, begin, person_of, token_of, viewer_of

pytestmark = pytest.mark.slow

PLACES = (*(f"{step}/{column}" for step in STEPS for column in ("teacher", "pupils", "village")), "goals", "homework")


def kept(writing: Writing) -> Plan:
    """Return what the database says, read as a page reads it."""
    with writing.app.app_context(), unit.read():
        return queries.plan_of(viewer_of(OWNER), writing.plan)


def test_writers_that_are_cut_again_and_again_end_with_the_same_plan(writing: Writing) -> None:
    async def story() -> None:
        rng = random.Random(20)
        writers = [await writing.writer(account).enter() for account in (OWNER, EDITOR, EDITOR)]
        written: list[str] = []

        async def write(number: int) -> None:
            writer, luck = writers[number], random.Random(number)
            for turn in range(30):
                words = f"{number}写的第{turn}句。"
                written.append(words)
                await writer.write(wrote(luck.choice(PLACES), words))
                await writer.write(set_in(luck.choice(STEPS), "order", luck.choice("ABCDEFGH") + "V"))
                if turn % 10 == 5:
                    await writer.cut()
                    for late in range(3):  # without a line, for later
                        words = f"{number}断线时写的第{turn}-{late}句。"
                        written.append(words)
                        with writer.doc.transaction():
                            wrote(luck.choice(PLACES), words)(writer.doc)
                    await asyncio.sleep(luck.random() / 5)
                    await writer.come_back()

        await asyncio.gather(*(write(number) for number in range(3)))
        for writer in rng.sample(writers, 3):
            await writer.cut()
            await writer.come_back()
        plans = [writer.says for writer in writers]
        assert plans[0] == plans[1] == plans[2] == kept(writing)
        said = plans[0].model_dump_json()
        assert [words for words in written if words not in said] == []
        for writer in writers:
            await writer.close()

    run(story())


def test_what_was_answered_outlives_a_killed_server(district: District, hub_settings: Settings) -> None:
    plan = begin(district.app)
    tokens = [token_of(district.app, account) for account in (OWNER, EDITOR)]
    port = installation.load(hub_settings).ports["web"]
    server = start(hub_settings, port)

    async def story() -> None:
        nonlocal server
        url = f"http://127.0.0.1:{port}"
        writer, other = [await Writer(url, token, plan).enter() for token in tokens]
        answered: list[str] = []
        for round_ in range(3):
            writing = asyncio.create_task(_write(writer, answered, [f"第{round_}轮第{n}句。" for n in range(100)]))
            await asyncio.sleep(0.2)
            if round_ < 2:
                server.send_signal(signal.SIGKILL)
                server.wait()
                writing.cancel()  # the last one is never answered
                await asyncio.wait([writing])
                server = await asyncio.to_thread(start, hub_settings, port)
                fresh = await Writer(url, tokens[1], plan).enter()
                assert [words for words in answered if words not in fresh.says.model_dump_json()] == []
                await fresh.close()
                await writer.come_back()
                await other.come_back()
            else:
                await writing
        await other.until(lambda one: one.says == writer.says)
        assert len(answered) >= 100
        assert writer.says.model_dump_json().count("句。") >= len(answered)
        for one in (writer, other):
            await one.close()

    try:
        run(story())
    finally:
        server.kill()
        server.wait()


async def _write(writer: Writer, answered: list[str], lines: list[str]) -> None:
    """Write lines one by one until nobody answers; what was written stays in the writer's own document."""
    for words in lines:
        try:
            reply = await writer.write(wrote("goals", words))
        except Exception:  # noqa: BLE001 -- however a dead line shows
            return
        assert reply["ok"]
        answered.append(words)


def test_many_updates_are_gathered_and_nobody_notices(writing: Writing) -> None:
    async def story() -> None:
        writer, other = await writing.writer(OWNER).enter(), await writing.writer(EDITOR).enter()
        for number in range(230):
            assert (await writer.write(titled(f"第{number}个题目")))["data"]["seq"] == number + 1
        await other.until(lambda one: one.says.title == "第229个题目")
        fresh = await writing.writer(COMMENTER).enter()
        assert fresh.says == other.says == kept(writing)
        for one in (writer, other, fresh):
            await one.close()

    run(story())


def test_only_who_writes_may_write_and_strangers_learn_nothing(writing: Writing) -> None:
    async def story() -> None:
        commenter = await writing.writer(COMMENTER).enter()
        assert commenter.joined["part"] == "commenter"
        assert (await commenter.write(titled("不该写的")))["error"]["code"] == "not_a_writer"
        stranger = await writing.writer(STRANGER).enter()
        assert stranger.told[0][1]["error"]["code"] == "not_found"
        assert (await stranger.write(titled("陌生人写的")))["error"]["code"] == "not_joined"
        assert (await stranger.ask("remark:list", {"plan": writing.plan}))["error"]["code"] == "not_found"
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Writer(writing.url, "nobody", writing.plan).enter()
        assert kept(writing).title == "色彩的冷与暖"
        await commenter.close()
        await stranger.close()

    run(story())


def test_who_is_let_go_is_told_and_hears_no_more(writing: Writing) -> None:
    async def story() -> None:
        owner, editor = await writing.writer(OWNER).enter(), await writing.writer(EDITOR).enter()
        with writing.app.app_context():
            with unit.read():
                viewer, person = viewer_of(OWNER), person_of(EDITOR)
            with unit.write():
                service.remove_member(viewer, writing.plan, person)
        refused = await editor.write(titled("还在写"))
        assert refused["error"]["code"] == "not_a_writer"
        await editor.until(lambda one: any(name == "plan:shut" for name, _data in one.told))
        await owner.write(titled("他听不到"))
        assert (await editor.write(titled("还在写")))["error"]["code"] == "not_joined"
        assert editor.says.title == "还在写"
        assert kept(writing).title == "他听不到"
        await owner.close()
        await editor.close()

    run(story())


def test_a_finished_plan_is_read_and_not_written(writing: Writing) -> None:
    async def story() -> None:
        owner = await writing.writer(OWNER).enter()
        with writing.app.app_context():
            with unit.read():
                viewer = viewer_of(OWNER)
            with unit.write():
                service.set_state(viewer, writing.plan, PlanState.CLOSED)
        assert (await owner.write(titled("改")))["error"]["code"] == "plan_closed"
        await owner.until(lambda one: ("standing:changed", {"plan": one.plan, "part": "owner", "state": "closed"}) in one.told)
        await owner.close()

    run(story())


def test_hostile_updates_are_refused_and_harm_nobody(writing: Writing) -> None:
    async def story() -> None:
        owner, editor = await writing.writer(OWNER).enter(), await writing.writer(EDITOR).enter()
        rest = {"plan": writing.plan, "client": 1, "clock": 0}
        for noise in (b"\xff" * 40, b"\x01\x01\x01\x00\x04\x01\x05title\x7f", random.Random(3).randbytes(400)):
            reply = await editor.ask("plan:update", rest | {"update": noise})
            assert not reply["ok"], noise
            assert reply["error"]["code"] == "bad_update"
        for wrong in ({"update": b"\0" * ((1 << 20) + 1)}, {"update": "text"}, {"update": None}, {"update": b"\0\0", "more": 1}):
            assert (await editor.ask("plan:update", rest | wrong))["error"]["code"] == "invalid"
        before = editor.doc.get_state()
        assert (await editor.write(wrote("goals", "长" * 400_000)))["error"]["code"] == "invalid"
        lacking = await editor.write(wrote("goals", "前面那句没有送到"))
        assert lacking["error"]["code"] == "update_lacks"
        assert (await owner.write(wrote("goals", "别人照常写")))["ok"]
        assert [block.runs[0].text for block in kept(writing).goals] == ["别人照常写"]
        assert before != editor.doc.get_state()
        await owner.close()
        await editor.close()

    run(story())


def test_three_hundred_stages_are_the_most(writing: Writing) -> None:
    from pycrdt import Map

    def crowd(count: int):
        def change(doc):
            for number in range(count):
                doc.get("steps", type=Map)[f"more{number}"] = Map({"order": "V"})

        return change

    async def story() -> None:
        owner, editor = await writing.writer(OWNER).enter(), await writing.writer(EDITOR).enter()
        assert (await owner.write(crowd(298)))["error"]["code"] == "plan_too_large"
        assert (await editor.write(titled("另一个人不受影响")))["ok"]
        assert len(kept(writing).steps) == 3
        await owner.close()
        await editor.close()

    run(story())


def test_cursors_pass_by_with_the_name_that_the_server_knows(writing: Writing) -> None:
    async def story() -> None:
        owner, editor = await writing.writer(OWNER).enter(), await writing.writer(EDITOR).enter()
        await owner.until(lambda one: ("presence:asked", {"plan": one.plan}) in one.told)
        shown = {"plan": writing.plan, "client": 77, "cursor": {"place": "goals"}}
        await editor.ask("presence:pass", shown)
        await owner.until(lambda one: any(name == "presence:passed" for name, _data in one.told))
        passed = next(data for name, data in owner.told if name == "presence:passed")
        with writing.app.app_context(), unit.read():
            assert passed["name"] == viewer_of(EDITOR).name
        assert passed["cursor"] == {"place": "goals"}
        assert (await editor.ask("presence:pass", shown | {"name": "校长"}))["error"]["code"] == "invalid"
        assert (await editor.ask("presence:pass", shown | {"cursor": {"x": "y" * 3000}}))["error"]["code"] == "invalid"
        await editor.cut()
        gone = ("presence:passed", {"plan": writing.plan, "client": 77, "cursor": None})
        await owner.until(lambda one: gone in one.told)
        await owner.close()

    run(story())
