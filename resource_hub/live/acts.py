"""Every command of a lesson: who may give it, what it needs, and which fact it becomes. Pure.

``decide`` judges a command against the state of now and returns the data of its fact; a command that
no longer fits (a poll that was closed meanwhile) is refused in words. The table at the end is the
protocol; docs/protocol.md is made from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from resource_hub.kernel.errors import N_, Conflict, Invalid, NotAllowed
from resource_hub.live import schemas
from resource_hub.live.seats import ROOMS, STAFF, TEACHERS, Part, Seat
from resource_hub.live.state import State

Data = Mapping[str, Any]
RESTARTED_WITHIN_MS = 15 * 60_000
"""A lesson that was ended by mistake may go on within a quarter of an hour."""
MOST_EXTENSION_MS = 3 * 60 * 60_000
MOST_STROKES = 5_000
"""Strokes on one page; a board that full is unreadable, and a script that draws more is stopped."""

MOST_COMMENTS = 20
"""On one photo of work."""
MOST_MINUTES = 200
"""Lines of the minutes of a meeting."""


class NotNow(Conflict):
    code = "not_now"
    message = N_("现在不能这样做：课还没有开始，或者已经结束。")


class NotYourRoom(NotAllowed):
    code = "not_your_room"
    message = N_("只能替自己的教室操作。")


class OverAlready(Conflict):
    code = "over_already"
    message = N_("这一项已经结束或撤下了。")


class BoardFull(Conflict):
    code = "board_full"
    message = N_("这一页板书已经写满，请换一页再写。")


class CameraRevoked(Conflict):
    code = "camera_revoked"
    message = N_("这部手机已经不是这节课的文档摄像头。要再用，请扫新的二维码。")


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may know: the state, whose seat and device, when, the command's id, the planned end (ms), whether all only watch."""

    state: State
    seat: Seat
    at: int
    id: str
    device: str = ""
    planned_end: int | None = None
    is_watched: bool = False


Decision = Callable[[Moment, Any], dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """``phases``: when it may be given; ``is_evidence``: also lands after the lesson, when a room was cut off."""

    name: str
    fact: str
    model: type[schemas.Data]
    parts: frozenset[Part]
    decide: Decision
    phases: frozenset[str] = frozenset({"running", "paused"})
    is_evidence: bool = False

    @cached_property
    def speaks_for_site(self) -> bool:
        """True for an act whose ``site`` is the room that it is said for."""
        return "site" in self.model.model_fields and self.name not in _FOR_OTHERS


def decide(act: Act, moment: Moment, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the data of the fact that a command becomes; raises a ``HubError`` that says why not."""
    if moment.seat.part not in act.parts:
        raise NotAllowed
    if moment.state["phase"] not in act.phases and not (act.is_evidence and moment.state["phase"] == "ended"):
        raise NotNow
    data = schemas.parsed(act.model, given)
    if act.speaks_for_site and isinstance(data.site, int) and not moment.seat.speaks_for(data.site):  # type: ignore[attr-defined]  # asked before
        raise NotYourRoom
    return act.decide(moment, data)


def _plain(moment: Moment, data: schemas.Data) -> dict[str, Any]:
    return {"id": moment.id, **data.model_dump()}


def _start(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    ended = moment.state["ended_at"]
    if moment.state["phase"] in {"running", "paused"}:
        raise Conflict(N_("这节课已经开始了。"), code="started_already")
    if ended is not None and moment.at - ended > RESTARTED_WITHIN_MS:
        raise NotNow(N_("这节课结束已超过 15 分钟，不能再继续。"))
    return {"id": moment.id, "ends_at": moment.state["ends_at"] or moment.planned_end}


def _pause(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    if moment.state["phase"] == "paused":
        raise OverAlready(N_("已经暂停了。"))
    return {"id": moment.id}


def _resume(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    if moment.state["phase"] != "paused":
        raise OverAlready(N_("课正在进行，没有暂停。"))
    return {"id": moment.id}


def _extend(moment: Moment, data: schemas.Extend) -> dict[str, Any]:
    ends_at = max(moment.state["ends_at"] or moment.at, moment.at) + data.minutes * 60_000
    if moment.planned_end is not None and ends_at > moment.planned_end + MOST_EXTENSION_MS:
        raise Invalid(fields={"minutes": N_("一节课最多延长三小时。")})
    return {"id": moment.id, "ends_at": ends_at}


def _draw(moment: Moment, data: schemas.Draw) -> dict[str, Any]:
    if len(moment.state["pages"].get(data.page, ())) >= MOST_STROKES:
        raise BoardFull
    return _plain(moment, data)


def _erase(moment: Moment, data: schemas.Erase) -> dict[str, Any]:
    """A room's own board wipes what was written there; teachers wipe anything."""
    wanted = set(data.strokes)
    may_all = moment.seat.part in TEACHERS
    there = moment.state["pages"].get(data.page, ())
    found = [stroke["id"] for stroke in there if stroke["id"] in wanted and (may_all or stroke["by"] == str(moment.seat))]
    if not found:
        raise OverAlready(N_("这些笔画已经擦掉了。"))
    return {"id": moment.id, "page": data.page, "strokes": found}


def _answer(moment: Moment, data: schemas.Answer) -> dict[str, Any]:
    poll = moment.state["polls"].get(data.poll)
    if poll is None or not (poll["is_open"] or moment.state["phase"] == "ended"):
        raise OverAlready(N_("这个投票已经结束了。"))
    if len(data.counts) != len(poll["choices"]):
        raise Invalid(fields={"counts": N_("每个选项填一个人数。")})
    return _plain(moment, data)


def _close_poll(moment: Moment, data: schemas.OfPoll) -> dict[str, Any]:
    poll = moment.state["polls"].get(data.poll)
    if poll is None or not poll["is_open"]:
        raise OverAlready
    return _plain(moment, data)


def _of_hand(moment: Moment, data: schemas.OfHand) -> dict[str, Any]:
    hand = next((one for one in moment.state["hands"] if one["id"] == data.hand), None)
    if hand is None:
        raise OverAlready(N_("这只手已经放下了。"))
    if not moment.seat.speaks_for(hand["site"]):
        raise NotYourRoom
    return _plain(moment, data)


def _stage(moment: Moment, data: schemas.Stage) -> dict[str, Any]:
    if moment.is_watched and data.site:
        raise NotNow(N_("这节课各班只收看，没有上台。"))
    return _plain(moment, data)


def _open_buzz(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    return {"id": moment.id}


def _press(moment: Moment, data: schemas.Press) -> dict[str, Any]:
    buzz = moment.state["buzz"]
    if buzz is None or buzz["id"] != data.buzz:
        raise OverAlready(N_("这次抢答已经结束了。"))
    if any(press["site"] == data.site for press in buzz["presses"]):
        raise OverAlready(N_("本班已经抢答过了。"))
    # Nobody is put before the opening of the round by claiming a slow line.
    return _plain(moment, data) | {"rtt_ms": min(data.rtt_ms, 2 * max(0, moment.at - buzz["at"]))}


def _close_buzz(moment: Moment, data: schemas.OfBuzz) -> dict[str, Any]:
    buzz = moment.state["buzz"]
    if buzz is None or buzz["id"] != data.buzz:
        raise OverAlready
    return _plain(moment, data)


def _stop_timer(moment: Moment, data: schemas.OfTimer) -> dict[str, Any]:
    timer = moment.state["timer"]
    if timer is None or timer["id"] != data.timer:
        raise OverAlready
    return _plain(moment, data)


def _answer_help(moment: Moment, data: schemas.OfHelp) -> dict[str, Any]:
    if all(one["id"] != data.help for one in moment.state["helps"]):
        raise OverAlready
    return _plain(moment, data)


def _take_audio(moment: Moment, data: schemas.OfSite) -> dict[str, Any]:
    """The device that asked last has it: two open microphones in one room howl."""
    if moment.state["audio"].get(str(data.site)) == moment.device:
        raise OverAlready(N_("声音已经在用这台设备了。"))
    return _plain(moment, data) | {"device": moment.device}


def _drop_audio(moment: Moment, data: schemas.OfSite) -> dict[str, Any]:
    if moment.state["audio"].get(str(data.site)) != moment.device:
        raise OverAlready(N_("声音用的是教室里的另一台设备。"))
    return _plain(moment, data)


def _record(moment: Moment, data: schemas.Record) -> dict[str, Any]:
    """A device that comes back after a crash goes on in a session of its own."""
    kept = moment.state["recording"]
    if kept is not None and kept["session"] == data.session:
        raise OverAlready(N_("已经在录制了。"))
    return _plain(moment, data) | {"device": moment.device}


def _stop_recording(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    if moment.state["recording"] is None:
        raise OverAlready(N_("现在没有在录制。"))
    return {"id": moment.id}


def _link(moment: Moment, data: schemas.LinkState) -> dict[str, Any]:
    kept = moment.state["links"].get(str(data.site))
    if kept is not None and kept["rung"] == data.rung:
        raise OverAlready(N_("线路状态没有变化。"))
    return _plain(moment, data)


def _show_works(moment: Moment, data: schemas.Wall) -> dict[str, Any]:
    photos = moment.state["photos"]
    if not photos or (data.photo is not None and all(one["id"] != data.photo for one in photos)):
        raise OverAlready(N_("还没有这件作品。"))
    if moment.state["wall"] == {"photo": data.photo}:
        raise OverAlready
    return _plain(moment, data)


def _hide_works(moment: Moment, _data: schemas.Nothing) -> dict[str, Any]:
    if moment.state["wall"] is None:
        raise OverAlready
    return {"id": moment.id}


def _comment(moment: Moment, data: schemas.WorkComment) -> dict[str, Any]:
    photo = next((one for one in moment.state["photos"] if one["id"] == data.photo), None)
    if photo is None:
        raise OverAlready(N_("这张作品照片已经不在了。"))
    if len(photo["comments"]) >= MOST_COMMENTS:
        raise Conflict(N_("这张作品的评语已经够多了。"), code="comments_full")
    return _plain(moment, data)


def _reflect(moment: Moment, data: schemas.Reflection) -> dict[str, Any]:
    if not any(data.model_dump().values()):
        raise Invalid(fields={"worked": N_("请至少写一项。")})
    return _plain(moment, data)


def _minute(moment: Moment, data: schemas.Minute) -> dict[str, Any]:
    if len(moment.state["minutes"]) >= MOST_MINUTES:
        raise Conflict(N_("记录已经很长了，请合并几条再写。"), code="minutes_full")
    return _plain(moment, data)


def _drop_minute(moment: Moment, data: schemas.OfMinute) -> dict[str, Any]:
    if all(one["id"] != data.minute for one in moment.state["minutes"]):
        raise OverAlready(N_("这条记录已经删掉了。"))
    return _plain(moment, data)


def _limit(moment: Moment, data: schemas.LinkLimit) -> dict[str, Any]:
    if moment.state["limits"].get(str(data.site)) == data.rung:
        raise OverAlready(N_("这条线路已经是这样设定的。"))
    return _plain(moment, data)


def _route(moment: Moment, data: schemas.Route) -> dict[str, Any]:
    if moment.state["route"] == data.via:
        raise OverAlready(N_("声音和画面已经这样走了。"))
    return _plain(moment, data)


def _take_camera(moment: Moment, data: schemas.OfCamera) -> dict[str, Any]:
    """Of two phones that came by the same invitation the later one has it."""
    camera = moment.state["cameras"].get(str(data.site))
    if camera is None or camera["key"] != data.key:
        raise CameraRevoked
    if camera["device"] == moment.device:
        raise OverAlready(N_("这部手机已经是文档摄像头了。"))
    return _plain(moment, data) | {"device": moment.device}


def _drop_camera(moment: Moment, data: schemas.OfSite) -> dict[str, Any]:
    """Teachers end it and with it the invitation; a phone ends only what it still holds."""
    camera = moment.state["cameras"].get(str(data.site))
    if camera is None or (moment.seat.part is Part.CAMERA and camera["device"] != moment.device):
        raise CameraRevoked
    return _plain(moment, data)


def _show_camera(moment: Moment, data: schemas.ShownCamera) -> dict[str, Any]:
    if moment.state["shown_camera"] == data.site:
        raise OverAlready
    if data.site is not None and not moment.state["cameras"].get(str(data.site), {}).get("device"):
        raise OverAlready(N_("那部手机已经停用了。"))
    return _plain(moment, data)


_ANY_TIME = frozenset({"planned", "running", "paused"})
_EVER = _ANY_TIME | {"ended"}
_FOR_OTHERS = frozenset({"stage:set", "notice:give", "score:give"})
"""Commands whose ``site`` is whom they are about, not whom they speak for."""
_LEAD = frozenset({Part.LEAD})
_LEAD_OR_TECH = frozenset({Part.LEAD, Part.TECH})

_TABLE = (
    Act("lesson:start", "lesson:started", schemas.Nothing, _LEAD, _start, _EVER),
    Act("lesson:pause", "lesson:paused", schemas.Nothing, _LEAD, _pause),
    Act("lesson:resume", "lesson:resumed", schemas.Nothing, _LEAD, _resume),
    Act("lesson:extend", "lesson:extended", schemas.Extend, _LEAD, _extend),
    Act("lesson:end", "lesson:ended", schemas.Nothing, _LEAD_OR_TECH, lambda moment, _data: {"id": moment.id}),
    Act("slide:turn", "slide:turned", schemas.Turn, TEACHERS, _plain, _ANY_TIME),
    Act("board:draw", "stroke:drawn", schemas.Draw, ROOMS, _draw, _ANY_TIME),
    Act("board:erase", "strokes:erased", schemas.Erase, ROOMS, _erase, _ANY_TIME),
    Act("board:clear", "page:cleared", schemas.OfPage, TEACHERS, _plain, _ANY_TIME),
    Act("pointer:keep", "pointer:kept", schemas.Point, TEACHERS, _plain),
    Act("pointer:drop", "pointer:dropped", schemas.Nothing, TEACHERS, _plain),
    Act("poll:open", "poll:opened", schemas.Ask, TEACHERS, _plain),
    Act("poll:answer", "poll:answered", schemas.Answer, ROOMS, _answer, is_evidence=True),
    Act("poll:close", "poll:closed", schemas.OfPoll, TEACHERS, _close_poll),
    Act("hand:raise", "hand:raised", schemas.Raise, ROOMS, _plain),
    Act("hand:call", "hand:called", schemas.OfHand, _LEAD, _of_hand),
    Act("hand:lower", "hand:lowered", schemas.OfHand, ROOMS, _of_hand),
    Act("stage:set", "stage:changed", schemas.Stage, _LEAD, _stage, _ANY_TIME),
    Act("buzz:open", "buzz:opened", schemas.Nothing, _LEAD, _open_buzz),
    Act("buzz:press", "buzz:pressed", schemas.Press, ROOMS, _press),
    Act("buzz:close", "buzz:closed", schemas.OfBuzz, _LEAD, _close_buzz),
    Act("chat:say", "chat:said", schemas.Say, STAFF, _plain, _EVER),
    Act("timer:start", "timer:started", schemas.Time, TEACHERS, _plain),
    Act("timer:stop", "timer:stopped", schemas.OfTimer, TEACHERS, _stop_timer),
    Act("group:form", "groups:formed", schemas.Groups, TEACHERS, _plain),
    Act("photo:add", "photo:added", schemas.Photo, ROOMS, _plain, is_evidence=True),
    Act("works:show", "works:shown", schemas.Wall, _LEAD, _show_works),
    Act("works:hide", "works:hidden", schemas.Nothing, _LEAD, _hide_works),
    Act("work:comment", "work:commented", schemas.WorkComment, TEACHERS, _comment, is_evidence=True),
    Act("ticket:count", "ticket:counted", schemas.Ticket, ROOMS, _plain, is_evidence=True),
    Act("mood:count", "mood:counted", schemas.Mood, ROOMS, _plain, is_evidence=True),
    Act("heads:count", "heads:counted", schemas.Heads, ROOMS, _plain, _ANY_TIME, is_evidence=True),
    Act("score:give", "score:given", schemas.Score, TEACHERS, _plain),
    Act("notice:give", "notice:given", schemas.Notice, STAFF, _plain, _ANY_TIME),
    Act("help:call", "help:called", schemas.Help, ROOMS, _plain, _ANY_TIME),
    Act("help:answer", "help:answered", schemas.OfHelp, STAFF, _answer_help, _EVER),
    Act("media:report", "media:changed", schemas.MediaState, ROOMS, _plain, _ANY_TIME),
    Act("audio:take", "audio:taken", schemas.OfSite, ROOMS, _take_audio, _EVER),
    Act("audio:drop", "audio:dropped", schemas.OfSite, ROOMS, _drop_audio, _EVER),
    Act("link:report", "link:changed", schemas.LinkState, ROOMS, _link, _ANY_TIME),
    Act("record:start", "recording:started", schemas.Record, _LEAD, _record, frozenset({"running"})),
    Act("record:stop", "recording:stopped", schemas.Nothing, _LEAD, _stop_recording),
    Act("link:limit", "link:limited", schemas.LinkLimit, ROOMS, _limit, _ANY_TIME),
    Act("route:set", "route:changed", schemas.Route, _LEAD, _route, _ANY_TIME),
    Act("voice:add", "voice:added", schemas.Voice, _LEAD, _plain),
    Act("camera:invite", "camera:invited", schemas.OfSite, TEACHERS, _plain, _ANY_TIME),
    Act("camera:take", "camera:taken", schemas.OfCamera, frozenset({Part.CAMERA}), _take_camera, _ANY_TIME),
    Act("camera:drop", "camera:dropped", schemas.OfSite, TEACHERS | {Part.CAMERA}, _drop_camera, _ANY_TIME),
    Act("camera:show", "camera:shown", schemas.ShownCamera, _LEAD, _show_camera, _ANY_TIME),
    Act("report:give", "report:given", schemas.Report, frozenset({Part.ASSIST}), _plain, is_evidence=True),
    Act("minute:add", "minute:added", schemas.Minute, TEACHERS, _minute, _EVER),
    Act("minute:drop", "minute:dropped", schemas.OfMinute, TEACHERS, _drop_minute, _EVER),
    Act("reflection:give", "reflection:given", schemas.Reflection, TEACHERS, _reflect, frozenset({"ended"})),
)
ACTS: dict[str, Act] = {act.name: act for act in _TABLE}
GUARDED = frozenset({"record:start"})
"""Commands that a feature above must allow too (``access.guard_by``); without one they are refused."""
