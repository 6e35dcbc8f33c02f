"""A lesson played at random: commands that may or may not fit, and the facts that came of them."""

import json
import random
from typing import Any

from resource_hub.kernel.errors import HubError
from resource_hub.live import acts, state
from resource_hub.live.board import encode
from resource_hub.live.seats import Part, Seat

SEATS = (
    Seat(Part.LEAD, 0),
    Seat(Part.ASSIST, 1),
    Seat(Part.ASSIST, 2),
    Seat(Part.CLASS, 0),
    Seat(Part.CLASS, 1),
    Seat(Part.TECH),
    Seat(Part.CAMERA, 1),
)
BEGAN = 1_790_000_000_000
HOUR = 3_600_000


class Play:
    """Facts pile up in ``facts``; ``now`` is their fold."""

    def __init__(self, seed: int, lesson: str = "les_played") -> None:
        self.random = random.Random(seed)
        self.lesson = lesson
        self.now = state.new(lesson)
        self.facts: list[dict[str, Any]] = []
        self.at = BEGAN
        self.count = 0

    def run(self, steps: int) -> "Play":
        self.give("lesson:start", SEATS[0], {})
        for _ in range(steps):
            self.step()
        self.give("lesson:end", SEATS[0], {})
        for name in ("reflection:give", "work:comment", "poll:answer"):
            self.give(name, SEATS[1], self.data_for(name))
        return self

    def step(self) -> None:
        self.at += self.random.randrange(0, 20_000)
        if self.random.random() < 0.1:
            self.come_or_go()
            return
        name = self.random.choice(list(acts.ACTS))
        if name == "lesson:end" and self.random.random() < 0.9:
            return
        self.give(name, self.random.choice(SEATS), self.data_for(name))

    def give(self, name: str, seat: Seat, data: dict[str, Any]) -> None:
        act = acts.ACTS[name]
        self.count += 1
        moment = acts.Moment(self.now, seat, self.at, f"c{self.count}", f"n{self.random.randrange(4)}", BEGAN + HOUR)
        try:
            decided = acts.decide(act, moment, data)
        except HubError:
            return
        self.add(act.fact, str(seat), decided)

    def come_or_go(self) -> None:
        seat = str(self.random.choice(SEATS))
        self.count += 1
        conn = f"n{self.random.randrange(4)}"
        kind = self.random.choice(("seat:joined", "seat:left"))
        self.add(
            kind, seat, {"id": f"c{self.count}", "seat": seat, "conn": conn} | ({"device": f"d{conn}"} if kind == "seat:joined" else {})
        )

    def add(self, kind: str, by: str, data: dict[str, Any]) -> None:
        # Facts travel and are kept as JSON; a state must not depend on anything that JSON drops.
        fact = json.loads(
            json.dumps({"lesson": self.lesson, "seq": self.now["seq"] + 1, "at": self.at, "by": by, "type": kind, "data": data})
        )
        self.facts.append(fact)
        state.apply(self.now, fact)

    def data_for(self, name: str) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912 -- one line a command
        pick = self.random
        site, page = pick.randrange(3), f"deck/{pick.randrange(1, 4)}"
        match name:
            case "lesson:extend":
                return {"minutes": pick.randrange(1, 10)}
            case "slide:turn":
                return {"deck": "deck", "page": pick.randrange(1, 4)}
            case "record:start":
                return {"session": f"rec{pick.randrange(4)}"}
            case "board:draw":
                points = [(pick.randrange(2_000), pick.randrange(1_200)) for _ in range(pick.randrange(1, 6))]
                return {"page": page, "colour": pick.randrange(8), "points": encode(points)}
            case "board:erase":
                drawn = [stroke["id"] for stroke in self.now["pages"].get(page, ())]
                return {"page": page, "strokes": pick.sample(drawn, min(2, len(drawn))) or ["none"]}
            case "board:clear":
                return {"page": page}
            case "pointer:keep":
                return {"page": page, "x": pick.randrange(1001), "y": pick.randrange(1001)}
            case "poll:open":
                return {"question": "3/4 和 6/8 相等吗", "choices": ["相等", "不相等", "不知道"][: pick.randrange(2, 4)], "kind": "hands"}
            case "poll:answer":
                return {
                    "poll": self.one(self.now["polls"]),
                    "site": site,
                    "counts": [pick.randrange(40) for _ in range(pick.randrange(2, 4))],
                }
            case "poll:close":
                return {"poll": self.one(self.now["polls"])}
            case "hand:raise":
                return {"site": site, "who": str(pick.randrange(1, 10))}
            case "hand:call" | "hand:lower":
                return {"hand": self.one(hand["id"] for hand in self.now["hands"])}
            case "stage:set":
                return {"site": pick.choice((None, site))}
            case "buzz:press":
                return {"buzz": (self.now["buzz"] or {"id": "none"})["id"], "site": site, "rtt_ms": pick.randrange(900)}
            case "buzz:close":
                return {"buzz": (self.now["buzz"] or {"id": "none"})["id"]}
            case "chat:say" | "notice:give":
                return {"text": f"第 {self.count} 句 <b>不是标记</b>"}
            case "timer:start":
                return {"seconds": pick.randrange(5, 600), "label": "分段自主", "kind": "local"}
            case "timer:stop":
                return {"timer": (self.now["timer"] or {"id": "none"})["id"]}
            case "group:form":
                return {"site": site, "groups": ["1 2 3", "4 5 6"]}
            case "photo:add":
                return {"site": site, "asset": f"ast_{self.count}"}
            case "works:show":
                return {"photo": pick.choice((None, self.one(photo["id"] for photo in self.now["photos"])))}
            case "work:comment":
                return {"photo": self.one(photo["id"] for photo in self.now["photos"]), "text": f"第 {self.count} 条评语"}
            case "minute:add":
                return {"text": f"第 {self.count} 条", "kind": pick.choice(("note", "decision"))}
            case "minute:drop":
                return {"minute": self.one(one["id"] for one in self.now["minutes"])}
            case "reflection:give":
                return {"worked": "两端都动手了", "next": "村端先说"}
            case "ticket:count":
                return {"item": pick.randrange(1, 4), "site": site, "right": pick.randrange(9), "wrong": pick.randrange(9)}
            case "mood:count":
                return {"site": site, "counts": [pick.randrange(9) for _ in range(3)]}
            case "heads:count":
                return {"site": site, "count": pick.randrange(50)}
            case "score:give":
                return {"site": site, "points": pick.randrange(-3, 4)}
            case "help:call":
                return {"site": site, "about": "sound"}
            case "help:answer":
                return {"help": self.one(one["id"] for one in self.now["helps"])}
            case "media:report":
                return {"site": site, "mic": pick.random() < 0.5, "camera": True}
            case "audio:take" | "audio:drop":
                return {"site": site}
            case "link:report":
                return {"site": site, "rung": pick.choice(("video360", "still", "audio16", "text"))}
            case "link:limit":
                return {"site": site, "rung": pick.choice((None, "still", "audio24"))}
            case "route:set":
                return {"via": pick.choice(("sfu", "star"))}
            case "voice:add":
                return {"voice": f"voi_{self.count}", "ms": pick.randrange(500, 20_000)}
            case "camera:invite" | "camera:drop":
                return {"site": site}
            case "camera:show":
                return {"site": pick.choice((None, site))}
            case "camera:take":
                return {"site": site, "key": self.now["cameras"].get(str(site), {"key": "none"})["key"]}
            case "report:give":
                return {"site": site, "went": "well", "text": "学得不错"}
        return {}

    def one(self, of: Any) -> str:
        return self.random.choice([*of] or ["none"])
