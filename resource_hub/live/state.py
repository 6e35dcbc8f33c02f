"""What a lesson shows now, as the fold of its facts. Pure, and the same in TypeScript.

``apply`` is the only way in which anything changes, on the server, in every client and in the player
of the recording; its twin is ``static/src/live/state.ts``, and both are held by the same vectors. Law:
folding the facts after a snapshot into that snapshot gives the snapshot of now. The state is plain
data (text, numbers, lists, dicts with text keys), so that it travels as it is.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

State = dict[str, Any]
Fact = Mapping[str, Any]
"""``{lesson, seq, at, by, type, data}``; ``at`` in milliseconds since 1970."""

CHAT_SHOWN = 200
"""Older words of the chat are in the log alone."""
NOTICES_SHOWN = 20
VOICES_KEPT = 4
"""Clips that a room which comes back still plays; older ones were about something else."""


def new(lesson: str) -> State:
    """Return the state of a lesson of which nothing happened yet."""
    return {
        "lesson": lesson, "seq": 0, "phase": "planned", "started_at": None, "ended_at": None, "ends_at": None, "paused_at": None,
        "seats": {}, "slide": None, "pages": {}, "pointer": None, "polls": {}, "hands": [], "stage": None, "buzz": None, "chat": [],
        "timer": None, "groups": {}, "photos": [], "tickets": {}, "moods": {}, "heads": {}, "scores": {}, "notices": [], "helps": [],
        "media": {}, "audio": {}, "links": {}, "limits": {}, "route": None, "voices": [], "reports": {}, "reflections": {}, "minutes": [],
        "recording": None, "cameras": {}, "shown_camera": None, "wall": None,
    }  # fmt: skip


def apply(state: State, fact: Fact) -> None:
    """Take one fact into the state; a fact of an unknown type counts, and changes nothing else."""
    state["seq"] = fact["seq"]
    change = _CHANGES.get(fact["type"])
    if change is not None:
        change(state, fact["data"], fact)


def fold(state: State, facts: Iterable[Fact]) -> State:
    """Take facts in their order into the state and return it; those it has already are passed over."""
    for fact in facts:
        if fact["seq"] > state["seq"]:
            apply(state, fact)
    return state


def _started(state: State, data: Fact, fact: Fact) -> None:
    state["phase"] = "running"
    state["started_at"] = state["started_at"] or fact["at"]
    state["ended_at"] = state["paused_at"] = None
    state["ends_at"] = data.get("ends_at")


def _paused(state: State, _data: Fact, fact: Fact) -> None:
    state["phase"], state["paused_at"] = "paused", fact["at"]


def _resumed(state: State, _data: Fact, _fact: Fact) -> None:
    state["phase"], state["paused_at"] = "running", None


def _extended(state: State, data: Fact, _fact: Fact) -> None:
    state["ends_at"] = data["ends_at"]


def _ended(state: State, _data: Fact, fact: Fact) -> None:
    state["phase"], state["ended_at"], state["paused_at"] = "ended", fact["at"], None
    state["stage"] = state["timer"] = state["buzz"] = state["pointer"] = state["recording"] = None
    state["hands"], state["cameras"], state["shown_camera"], state["wall"] = [], {}, None, None


def _joined(state: State, data: Fact, _fact: Fact) -> None:
    state["seats"].setdefault(data["seat"], {})[data["conn"]] = data["device"]


def _left(state: State, data: Fact, _fact: Fact) -> None:
    there = state["seats"].get(data["seat"], {})
    there.pop(data["conn"], None)
    if not there:
        state["seats"].pop(data["seat"], None)


def _turned(state: State, data: Fact, _fact: Fact) -> None:
    state["slide"] = {"deck": data["deck"], "page": data["page"], "step": data["step"]}
    state["pointer"] = state["wall"] = None  # whoever goes on in the slides has done with the works


def _drawn(state: State, data: Fact, fact: Fact) -> None:
    page = state["pages"].setdefault(data["page"], [])
    page.append({key: value for key, value in data.items() if key != "page"} | {"by": fact["by"]})


def _erased(state: State, data: Fact, _fact: Fact) -> None:
    gone = set(data["strokes"])
    state["pages"][data["page"]] = [stroke for stroke in state["pages"].get(data["page"], []) if stroke["id"] not in gone]


def _cleared(state: State, data: Fact, _fact: Fact) -> None:
    state["pages"][data["page"]] = []


def _pointed(state: State, data: Fact, fact: Fact) -> None:
    state["pointer"] = {"page": data["page"], "x": data["x"], "y": data["y"], "by": fact["by"]}


def _unpointed(state: State, _data: Fact, _fact: Fact) -> None:
    state["pointer"] = None


def _poll_opened(state: State, data: Fact, fact: Fact) -> None:
    state["polls"][data["id"]] = {
        "question": data["question"], "choices": data["choices"], "kind": data["kind"], "at": fact["at"], "is_open": True, "answers": {},
    }  # fmt: skip


def _poll_answered(state: State, data: Fact, _fact: Fact) -> None:
    if poll := state["polls"].get(data["poll"]):
        poll["answers"][str(data["site"])] = data["counts"]


def _poll_closed(state: State, data: Fact, _fact: Fact) -> None:
    if poll := state["polls"].get(data["poll"]):
        poll["is_open"] = False


def _raised(state: State, data: Fact, fact: Fact) -> None:
    state["hands"].append({"id": data["id"], "site": data["site"], "who": data["who"], "at": fact["at"], "called_at": None})


def _called(state: State, data: Fact, fact: Fact) -> None:
    for hand in state["hands"]:
        if hand["id"] == data["hand"]:
            hand["called_at"] = fact["at"]


def _lowered(state: State, data: Fact, _fact: Fact) -> None:
    state["hands"] = [hand for hand in state["hands"] if hand["id"] != data["hand"]]


def _staged(state: State, data: Fact, fact: Fact) -> None:
    state["stage"] = None if data["site"] is None else {"site": data["site"], "who": data["who"], "at": fact["at"]}


def _buzz_opened(state: State, data: Fact, fact: Fact) -> None:
    state["buzz"] = {"id": data["id"], "at": fact["at"], "is_open": True, "presses": []}


def _pressed(state: State, data: Fact, fact: Fact) -> None:
    if state["buzz"] is None:
        return
    presses = state["buzz"]["presses"]
    presses.append({"site": data["site"], "at": fact["at"] - data["rtt_ms"] // 2})
    presses.sort(key=lambda press: press["at"])


def _buzz_closed(state: State, _data: Fact, _fact: Fact) -> None:
    state["buzz"] = None


def _said(state: State, data: Fact, fact: Fact) -> None:
    state["chat"] = [*state["chat"][1 - CHAT_SHOWN :], {"id": data["id"], "by": fact["by"], "at": fact["at"], "text": data["text"]}]


def _timed(state: State, data: Fact, fact: Fact) -> None:
    kept = {key: data[key] for key in ("id", "seconds", "label", "kind")}
    state["timer"] = kept | {"ends_at": fact["at"] + data["seconds"] * 1000}


def _untimed(state: State, _data: Fact, _fact: Fact) -> None:
    state["timer"] = None


def _grouped(state: State, data: Fact, _fact: Fact) -> None:
    state["groups"][str(data["site"])] = data["groups"]


def _photo_added(state: State, data: Fact, fact: Fact) -> None:
    kept = {key: data[key] for key in ("id", "site", "asset", "caption")}
    state["photos"].append(kept | {"at": fact["at"], "comments": []})


def _works_shown(state: State, data: Fact, _fact: Fact) -> None:
    state["wall"] = {"photo": data["photo"]}


def _works_hidden(state: State, _data: Fact, _fact: Fact) -> None:
    state["wall"] = None


def _commented(state: State, data: Fact, fact: Fact) -> None:
    for photo in state["photos"]:
        if photo["id"] == data["photo"]:
            photo["comments"].append({"id": data["id"], "by": fact["by"], "at": fact["at"], "text": data["text"]})


def _ticketed(state: State, data: Fact, _fact: Fact) -> None:
    state["tickets"].setdefault(str(data["item"]), {})[str(data["site"])] = [data["right"], data["wrong"]]


def _mood_counted(state: State, data: Fact, fact: Fact) -> None:
    state["moods"][str(data["site"])] = {"counts": data["counts"], "at": fact["at"]}


def _heads_counted(state: State, data: Fact, _fact: Fact) -> None:
    state["heads"][str(data["site"])] = data["count"]


def _scored(state: State, data: Fact, _fact: Fact) -> None:
    key = str(data["site"])
    state["scores"][key] = state["scores"].get(key, 0) + data["points"]


def _noticed(state: State, data: Fact, fact: Fact) -> None:
    notice = {"id": data["id"], "text": data["text"], "site": data["site"], "at": fact["at"]}
    state["notices"] = [*state["notices"][1 - NOTICES_SHOWN :], notice]


def _help_called(state: State, data: Fact, fact: Fact) -> None:
    state["helps"].append({"id": data["id"], "site": data["site"], "about": data["about"], "at": fact["at"]})


def _help_answered(state: State, data: Fact, _fact: Fact) -> None:
    state["helps"] = [one for one in state["helps"] if one["id"] != data["help"]]


def _media_changed(state: State, data: Fact, _fact: Fact) -> None:
    state["media"][str(data["site"])] = {"mic": data["mic"], "camera": data["camera"], "speaker": data["speaker"]}


def _audio_taken(state: State, data: Fact, _fact: Fact) -> None:
    state["audio"][str(data["site"])] = data["device"]


def _audio_dropped(state: State, data: Fact, _fact: Fact) -> None:
    state["audio"].pop(str(data["site"]), None)


def _link_changed(state: State, data: Fact, fact: Fact) -> None:
    state["links"][str(data["site"])] = {"rung": data["rung"], "at": fact["at"]}


def _recording(state: State, data: Fact, fact: Fact) -> None:
    state["recording"] = {"session": data["session"], "device": data["device"], "at": fact["at"]}


def _not_recording(state: State, _data: Fact, _fact: Fact) -> None:
    state["recording"] = None


def _limited(state: State, data: Fact, _fact: Fact) -> None:
    if data["rung"] is None:
        state["limits"].pop(str(data["site"]), None)
    else:
        state["limits"][str(data["site"])] = data["rung"]


def _routed(state: State, data: Fact, _fact: Fact) -> None:
    state["route"] = data["via"]


def _spoken(state: State, data: Fact, fact: Fact) -> None:
    voice = {"id": data["id"], "voice": data["voice"], "ms": data["ms"], "at": fact["at"]}
    state["voices"] = [*state["voices"][1 - VOICES_KEPT :], voice]


def _camera_invited(state: State, data: Fact, fact: Fact) -> None:
    # Whichever phone was there before has no right any more: another key, and nobody holds it yet.
    state["cameras"][str(data["site"])] = {"key": data["id"], "at": fact["at"], "device": None}
    _camera_hidden(state, data["site"])


def _camera_taken(state: State, data: Fact, _fact: Fact) -> None:
    camera = state["cameras"].get(str(data["site"]))
    if camera is not None and camera["key"] == data["key"]:
        camera["device"] = data["device"]


def _camera_dropped(state: State, data: Fact, _fact: Fact) -> None:
    state["cameras"].pop(str(data["site"]), None)
    _camera_hidden(state, data["site"])


def _camera_shown(state: State, data: Fact, _fact: Fact) -> None:
    state["shown_camera"] = data["site"]


def _camera_hidden(state: State, site: int) -> None:
    if state["shown_camera"] == site:
        state["shown_camera"] = None


def _reported(state: State, data: Fact, _fact: Fact) -> None:
    state["reports"][str(data["site"])] = {"went": data["went"], "text": data["text"]}


def _reflected(state: State, data: Fact, fact: Fact) -> None:
    state["reflections"][fact["by"]] = {key: data[key] for key in ("worked", "problem", "evidence", "next")} | {"at": fact["at"]}


def _minuted(state: State, data: Fact, fact: Fact) -> None:
    state["minutes"].append({"id": data["id"], "by": fact["by"], "at": fact["at"], "kind": data["kind"], "text": data["text"]})


def _unminuted(state: State, data: Fact, _fact: Fact) -> None:
    state["minutes"] = [one for one in state["minutes"] if one["id"] != data["minute"]]


_CHANGES: dict[str, Callable[[State, Fact, Fact], None]] = {
    "lesson:started": _started,
    "lesson:paused": _paused,
    "lesson:resumed": _resumed,
    "lesson:extended": _extended,
    "lesson:ended": _ended,
    "seat:joined": _joined,
    "seat:left": _left,
    "slide:turned": _turned,
    "stroke:drawn": _drawn,
    "strokes:erased": _erased,
    "page:cleared": _cleared,
    "pointer:kept": _pointed,
    "pointer:dropped": _unpointed,
    "poll:opened": _poll_opened,
    "poll:answered": _poll_answered,
    "poll:closed": _poll_closed,
    "hand:raised": _raised,
    "hand:called": _called,
    "hand:lowered": _lowered,
    "stage:changed": _staged,
    "buzz:opened": _buzz_opened,
    "buzz:pressed": _pressed,
    "buzz:closed": _buzz_closed,
    "chat:said": _said,
    "timer:started": _timed,
    "timer:stopped": _untimed,
    "groups:formed": _grouped,
    "photo:added": _photo_added,
    "works:shown": _works_shown,
    "works:hidden": _works_hidden,
    "work:commented": _commented,
    "ticket:counted": _ticketed,
    "mood:counted": _mood_counted,
    "heads:counted": _heads_counted,
    "score:given": _scored,
    "notice:given": _noticed,
    "help:called": _help_called,
    "help:answered": _help_answered,
    "media:changed": _media_changed,
    "audio:taken": _audio_taken,
    "audio:dropped": _audio_dropped,
    "link:changed": _link_changed,
    "recording:started": _recording,
    "recording:stopped": _not_recording,
    "link:limited": _limited,
    "route:changed": _routed,
    "voice:added": _spoken,
    "camera:invited": _camera_invited,
    "camera:taken": _camera_taken,
    "camera:dropped": _camera_dropped,
    "camera:shown": _camera_shown,
    "report:given": _reported,
    "reflection:given": _reflected,
    "minute:added": _minuted,
    "minute:dropped": _unminuted,
}
FACTS = frozenset(_CHANGES)
