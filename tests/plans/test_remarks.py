"""Comments and suggestions over real sockets: who may decide, the first decision counts, and the text knows its cause."""

import asyncio
from typing import Any

import pytest

from resource_hub.infra import unit
from resource_hub.plans import document, queries, service
from resource_hub.plans.schemas import VersionIn
from tests.live.clients import run
from tests.plans.clients import Writer, set_in, wrote
from tests.plans.conftest import COMMENTER, EDITOR, OWNER, Writing, viewer_of

pytestmark = pytest.mark.slow

PLACE = "mix/village"


async def suggest(writer: Writer, proposal: str = "用柿子皮\n和叶汁调色") -> str:
    given = {"plan": writer.plan, "place": PLACE, "kind": "suggestion", "text": "村里没有颜料", "proposal": proposal}
    reply = await writer.ask("remark:add", given)
    assert reply["ok"], reply
    return str(reply["data"]["id"])


async def settle(writer: Writer, remark: str, state: str) -> dict[str, Any]:
    return await writer.ask("remark:settle", {"plan": writer.plan, "remark": remark, "state": state})


def test_an_accepted_suggestion_becomes_the_text_and_its_cause_stays_with_the_version(writing: Writing) -> None:
    async def story() -> None:
        owner, commenter = await writing.writer(OWNER).enter(), await writing.writer(COMMENTER).enter()
        assert (await owner.write(wrote(PLACE, "准备水彩")))["ok"]
        remark = await suggest(commenter)
        await owner.until(lambda one: ("remarks:changed", {"plan": one.plan}) in one.told)
        assert (await settle(commenter, remark, "accepted"))["error"]["code"] == "not_a_writer"
        assert (await settle(owner, remark, "accepted"))["ok"]
        for one in (owner, commenter):
            await one.until(lambda who: said(who) == "用柿子皮\n和叶汁调色")
        found = (await commenter.ask("remark:list", {"plan": writing.plan}))["data"]
        assert [(one["state"], one["text"]) for one in found["remarks"]] == [("accepted", "村里没有颜料")]
        assert found["causes"] == [{"place": PLACE, "version": 1, "remark": remark}]
        await owner.close()
        await commenter.close()

    run(story())
    with writing.app.app_context():
        with unit.read():
            viewer = viewer_of(OWNER)
        with unit.write():
            assert service.keep_version(viewer, writing.plan, VersionIn(name="听了意见")) == 1
        with unit.read():
            (cause,) = queries.causes_of(viewer, writing.plan, 1)
            assert (cause.place, cause.remark.author) == (PLACE, viewer_of(COMMENTER).name)
            text = document.text_at(queries.plan_of(viewer, writing.plan, 1), PLACE)
            assert text
            assert len(text) == 2


def said(who: Writer) -> str:
    text = document.text_at(who.says, PLACE)
    assert text is not None
    return "\n".join(block.runs[0].text for block in text)  # type: ignore[union-attr]  # paragraphs of words


def test_of_two_who_decide_at_once_the_first_is_right_and_the_other_is_told(writing: Writing) -> None:
    async def story() -> None:
        owner, editor, commenter = [await writing.writer(account).enter() for account in (OWNER, EDITOR, COMMENTER)]
        for _ in range(5):
            remark = await suggest(commenter)
            replies = await asyncio.gather(settle(owner, remark, "accepted"), settle(editor, remark, "refused"))
            assert [reply["ok"] for reply in replies].count(True) == 1
            assert next(reply for reply in replies if not reply["ok"])["error"]["code"] == "remark_settled"
            found = (await owner.ask("remark:list", {"plan": writing.plan}))["data"]
            state = next(one["state"] for one in found["remarks"] if one["id"] == remark)
            assert state == ("accepted" if replies[0]["ok"] else "refused")
            assert (remark in [one["remark"] for one in found["causes"]]) == replies[0]["ok"]
        for one in (owner, editor, commenter):
            await one.close()

    run(story())


def test_a_suggestion_for_a_stage_that_is_gone_stays_open(writing: Writing) -> None:
    async def story() -> None:
        owner, commenter = await writing.writer(OWNER).enter(), await writing.writer(COMMENTER).enter()
        remark = await suggest(commenter)
        assert (await owner.write(set_in("mix", "gone", True)))["ok"]
        assert (await settle(owner, remark, "accepted"))["error"]["code"] == "place_gone"
        assert (await owner.write(set_in("mix", "gone", False)))["ok"]
        assert (await settle(owner, remark, "accepted"))["ok"]
        await owner.close()
        await commenter.close()

    run(story())


def test_comments_are_answered_resolved_and_taken_back(writing: Writing) -> None:
    async def story() -> None:
        owner, commenter = await writing.writer(OWNER).enter(), await writing.writer(COMMENTER).enter()
        given = {"plan": writing.plan, "place": "goals", "text": "目标写得太大"}
        comment = (await commenter.ask("remark:add", given))["data"]["id"]
        answer = await owner.ask("remark:add", given | {"text": "改小了", "answers": comment})
        assert answer["ok"]
        assert (await owner.ask("remark:add", given | {"answers": answer["data"]["id"]}))["error"]["code"] == "not_found"
        assert (await settle(owner, comment, "accepted"))["error"]["code"] == "invalid"
        assert (await settle(commenter, comment, "resolved"))["ok"]
        assert (await settle(owner, comment, "resolved"))["error"]["code"] == "remark_settled"
        assert (await settle(commenter, await suggest(commenter), "refused"))["ok"]
        for wrong in ({"place": "title"}, {"place": "look/name"}, {"text": " "}, {"kind": "suggestion"}):
            assert (await commenter.ask("remark:add", given | wrong))["error"]["code"] == "invalid", wrong
        await owner.close()
        await commenter.close()

    run(story())
