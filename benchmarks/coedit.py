"""Two people in one plan: how long until the other sees it, and what a plan weighs after forty minutes.

Figures come as ``Figure``s for whoever prints them (``make bench NAME=study``). The line is that of the
platform that is given; a thin one is laid around it by the caller.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import socketio
from pycrdt import Doc, Map, XmlElement, XmlFragment, XmlText

from resource_hub.library.lesson_plan import COLUMNS, Plan, Step
from resource_hub.plans import document
from resource_hub.plans.updates import clock_of

NAMESPACE = "/plans"
MINUTES, EDITS_A_MINUTE = 40, 200
EDITS = 120
EVERY_S = 0.3


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str


def seen_after(url: str, tokens: Sequence[str], plan: str, *, line: str) -> list[Figure]:
    """Let one person write and another watch; return median and 95th percentile until it is seen (ms)."""
    waits = sorted(asyncio.run(_waits(url, tokens, plan)))
    p95 = waits[min(len(waits) - 1, round(len(waits) * 0.95))]
    return [Figure(f"study.coedit.{line}.p50_ms", statistics.median(waits), "ms"), Figure(f"study.coedit.{line}.p95_ms", p95, "ms")]


def weight() -> Figure:
    """Return what a document keeps of 200 edits a minute through 40 minutes, a fifth of them taken back."""
    doc = document.new(Plan(steps=tuple(Step(id=f"s{number}") for number in range(8))))
    texts = [_line_in(doc, f"s{number}", column) for number in range(8) for column in COLUMNS]
    lengths = [0] * len(texts)
    for edit in range(MINUTES * EDITS_A_MINUTE):
        at = edit // 40 % len(texts)  # people write a while in one place before they go to the next
        if edit % 5 == 4 and lengths[at]:
            lengths[at] -= 1
            del texts[at][lengths[at] * 3 : lengths[at] * 3 + 3]
        else:
            texts[at].insert(lengths[at] * 3, chr(0x4E00 + edit % 2000))
            lengths[at] += 1
    return Figure("study.doc.40min_kb", len(doc.get_update()) / 1000, "kB")


def _line_in(doc: Doc[Any], step: str, column: str) -> XmlText:
    fragment = doc.get("steps", type=Map)[step][column]
    assert isinstance(fragment, XmlFragment)
    line, words = XmlElement("paragraph"), XmlText()
    fragment.children.append(line)
    line.children.append(words)
    return words


async def _waits(url: str, tokens: Sequence[str], plan: str) -> list[float]:
    sent: dict[int, float] = {}
    waits: list[float] = []
    writer, watcher = [await _enter(url, token, plan) for token in tokens]

    def seen(told: dict[str, Any]) -> None:
        if (began := sent.get(told["seq"])) is not None:
            waits.append((time.perf_counter() - began) * 1000)

    watcher[0].on("plan:updated", seen, namespace=NAMESPACE)
    doc, seq = writer[1], writer[2]
    for number in range(EDITS):
        before = doc.get_state()
        fragment = document.fragment_at(doc, "goals")
        assert fragment is not None
        fragment.children.append(XmlElement("paragraph", {}, [f"第{number}句"]))
        sent[seq + number + 1] = time.perf_counter()
        given = {"plan": plan, "update": doc.get_update(before), "client": doc.client_id, "clock": clock_of(doc.get_state(), doc.client_id)}
        await writer[0].call("plan:update", given, namespace=NAMESPACE)
        await asyncio.sleep(EVERY_S)
    for sio in (writer[0], watcher[0]):
        await sio.disconnect()
    return waits


async def _enter(url: str, token: str, plan: str) -> tuple[socketio.AsyncClient, Doc[Any], int]:
    sio = socketio.AsyncClient(serializer="msgpack", reconnection=False)
    await sio.connect(url, namespaces=[NAMESPACE], auth={"token": token}, transports=["websocket"])
    reply = await sio.call("plan:join", {"plan": plan}, namespace=NAMESPACE)
    doc: Doc[Any] = Doc()
    doc.apply_update(reply["data"]["update"])
    return sio, doc, reply["data"]["seq"]
