"""docs/protocol.md: what a stranger needs to write a client of live lessons and of plans, made from tables and schemas."""

from typing import Any

from pydantic import BaseModel

from resource_hub.live import acts, schemas, sockets
from resource_hub.live.log import MOST_FACTS
from resource_hub.plans import schemas as plans
from resource_hub.plans import sockets as plans_door

_HEAD = """\
# Live lessons: the protocol

All messages are msgpack: a client needs the stock `socket.io-client` 4 with `socket.io-msgpack-parser` 3, namespace `/live`.

```js
import {{ io }} from "socket.io-client";
import parser from "socket.io-msgpack-parser";

const {{ token }} = (await (await fetch("/api/v1/tokens", {{ method: "POST", headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({{ account, password }}) }})).json()).data;
const socket = io("https://hub.example/live", {{ parser, transports: ["websocket"], auth: {{ token }} }});

let last;                                    // the number of the last fact taken
const early = new Map();                     // facts that came before their turn
async function join() {{
  const reply = await socket.emitWithAck("lesson:join", {{ lesson, ...(last ? {{ since: last }} : {{}}) }});
  if (!reply.ok) throw new Error(reply.error.message);
  if (reply.data.snapshot) {{ show(reply.data.snapshot); last = reply.data.seq; }} else take(reply.data.facts);
}}
function take(facts) {{
  for (const fact of facts) if (!last || fact.seq > last) early.set(fact.seq, fact);
  for (let fact; (fact = early.get((last ?? 0) + 1)); early.delete(fact.seq)) {{ apply(fact); last = fact.seq; }}
  if (early.size) setTimeout(join, 400);     // a gap that stays: ask for what is missing
}}
socket.on("connect", join);                  // first visit, reload and return after a cut are the same
socket.on("facts", take);
```

A browser that is signed in, or bound as a class terminal, needs no token: its cookie says who it is. Others are refused at
connect with the message `not_signed_in`.

## What holds

- **Facts.** Everything that is taught is a fact `{{lesson, seq, at, by, type, data}}`, numbered from 1 without gaps. It is on disk
  before anybody gets it, and everybody in the lesson gets it, its sender too, in an array under the one event name `facts`. `at` is
  the server's clock in milliseconds since 1970, `by` the seat. Facts never change. Order and single delivery are by `seq`: from one
  web node they come in order; from several, or around a join, take them as above. A type that you do not know counts, and is
  otherwise passed over.
- **Joining.** `lesson:join {{lesson, since?, as_observer?, device?}}` answers `{{lesson, seat, device, seq, now, facts}}` with all
  facts after `since`, or, when there is no `since` or more than {most_facts} are missing, `{{…, snapshot}}`: the fold of all facts
  up to `seq`. Of the board it holds the page that is shown; `unloaded` names the others, and `board:load {{lesson, page}}` answers
  `{{page, seq, strokes}}`. How facts change a state is written in `resource_hub/live/state.py` and `static/src/live/state.ts`; both
  are held by `tests/live/vectors.json`.
- **Commands.** `{{lesson, id, data, made_at?, wait?}}` under the command's own name. `id` is chosen by the client, unique in the lesson:
  whoever is not sure that a command arrived sends it again with the same `id`. The answer comes when its fact is on disk:
  `{{ok: true, data: {{seq}}}}`, or `{{ok: false, error: {{code, message, fields, retry_after}}}}` in the language of the account. With
  `wait: false` nobody waits: the fact, whose `data.id` is the command's, says that it is kept; the event
  `refused {{lesson, id, ok: false, error}}` says that it is not, `known {{lesson, id, data: {{seq}}}}` that an earlier copy was.
- **Seats.** `lead`, `assist:<site>`, `class:<site>`, `tech`, `observer`, `camera:<site>`. Site 0 is the lead class, 1 and up the receiving
  ones. A seat may be held by several connections (two tabs, a tablet beside the PC); each sees and may do the same.
- **Devices.** `device` is the client's own name for the page it is, kept through reconnections. `signal:pass {{lesson, to, data}}`
  reaches that device as `signal:passed {{lesson, by, device, data}}`: sound and picture are set up that way. One device of each room
  has the room's sound (`audio:take`).
- **Forwarder.** Where `GET /api/v1/lessons/<lesson>/ice` says `forwards` and the lesson's `route` is `sfu`, the device that has its
  room's sound sends once: `sfu:send {{lesson, sdp}}` (an offer) answers `{{sdp}}`. `sfu:hear {{lesson, site, rung?}}` answers the
  offer of what that site sends, `sfu:answer {{lesson, site, sdp}}` takes the answer, `sfu:tune {{lesson, site, rung}}` chooses what
  comes. No pictures come to a device whose connection ended until it tunes anew. Candidates belong into the descriptions. Whoever
  lost the way asks anew; `sfu:ask {{lesson}}` says whether the forwarder answers.
- **Document cameras.** `camera:invite {{site}}` invites a phone; `GET /api/v1/lessons/<lesson>/camera?site=<site>` then gives address and
  code, taken for 15 minutes. Whoever has the code posts `{{code, lesson?}}` to `/api/v1/cameras` and gets `{{lesson, site, key, token,
  ice_servers, forwards}}`: `token` opens a connection that joins this lesson alone, may give `camera:take {{site, key}}`, `camera:drop`,
  `signal:pass` to devices that carry sound, and `sfu:send`; it is refused everything else, and of facts and state it is told only what
  concerns media (so its numbers have gaps, and each join answers with a snapshot). Its device's name begins with `cam-`. It sends
  picture only and offers; the lead's device looks, and with `camera:show {{site}}` the classes that it reaches. `sfu:hear`, `sfu:answer`
  and `sfu:tune` with `source: "camera"` mean its picture. Another invitation, `camera:drop` and the lesson's end revoke it.
- **What passes by.** `ink:pass {{lesson, data}}` and `pointer:pass` reach whoever is there now as `ink:passed` and
  `pointer:passed {{lesson, by, data}}` and are not kept.
- **Clock.** `clock:ask` answers `{{now}}`; so does each join. Deadlines in facts (`ends_at`) are by the server's clock.
- **Bounds.** {rate} commands a second and {burst} at once for each connection, after that `too_many` with `retry_after`; messages
  up to 2 MB, strokes up to {stroke} characters. Points of a stroke are encoded polylines in 2,000ths of the board's width
  (`resource_hub/live/board.py`).

## Commands and their facts

`data` of a fact is `data` of its command with defaults filled in and the command's `id`; what else a fact carries stands in its row.

"""

_PLANS = """
# Plans that several people write: the protocol

Namespace `/plans` of the same connection, with the same parser and the same token. A plan is a Yjs document; its parts (sections,
stages, order, minutes) stand in `resource_hub/plans/document.py`. Every call is answered `{{ok: true, data}}` or
`{{ok: false, error: {{code, message, fields, retry_after}}}}`. {rate} calls a second and {burst} at once, updates up to {largest} bytes.

```js
const socket = io("https://hub.example/plans", {{ parser, transports: ["websocket"], auth: {{ token }} }});
const doc = new Y.Doc();
async function join() {{
  const {{ ok, data, error }} = await socket.emitWithAck("plan:join", {{ plan, state: Y.encodeStateVector(doc) }});
  if (!ok) throw new Error(error.message);
  Y.applyUpdate(doc, data.update, "server");
  send(Y.encodeStateAsUpdate(doc, data.has));          // what was written without a line
}}
const send = (update) => socket.emitWithAck("plan:update",
  {{ plan, update, client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) }});
doc.on("update", (update, origin) => origin !== "server" && send(update));
socket.on("connect", join);                            // first visit, reload and return after days are the same
socket.on("plan:updated", ({{ update }}) => Y.applyUpdate(doc, update, "server"));
```

- **Joining** answers `{{plan, part, state, seq, update, has}}`: what the client lacks, and the state vector of what the server has.
- **An update** is answered `{{seq}}` when it is on disk, and goes to the others as `plan:updated {{plan, seq, update}}`. `client` and
  `clock` say how far its writer's own text goes with it: when something before it is lacking it is refused and the client joins anew.
  The same update twice changes nothing.
- **Remarks** are kept beside the document: each change of one says `remarks:changed {{plan}}`, and `remark:list` answers all of them
  with `causes`: which place of which version came from which remark. A suggestion that is accepted is written into the text by the
  server itself.
- **Who is where**: `presence:pass` reaches the others as `presence:passed {{plan, client, name, person, cursor}}` and is not kept;
  whoever comes in asks by `presence:asked {{plan}}`. `standing:changed {{plan, part, state}}` and `plan:shut {{plan, error}}` tell
  what one may do from now on.

| command | data |
|---|---|
"""

_MORE = {
    "lesson:start": "`ends_at`",
    "lesson:extend": "`ends_at`",
    "board:erase": "only strokes that were there",
}


def protocol_page() -> str:
    """Return the page: what holds, then every command with who may give it, its data and its fact."""
    head = _HEAD.format(
        most_facts=MOST_FACTS, rate=sockets.COMMANDS_A_SECOND, burst=sockets.COMMANDS_AT_ONCE, stroke=schemas.LONGEST_STROKE
    )
    return f"{head}{_lessons()}{_plans()}"


def _lessons() -> str:
    rows = "\n".join(_row(act) for act in acts.ACTS.values())
    return (
        f"| command | by | when | data | fact | more in the fact |\n|---|---|---|---|---|---|\n{rows}\n\n"
        "The server itself says `seat:joined {id, seat, conn, device}` and `seat:left {id, seat, conn}`; observers come and go unseen.\n"
    )


def _plans() -> str:
    """Return the part on plans."""
    rate, burst = plans_door.UPDATES_A_SECOND, plans_door.UPDATES_AT_ONCE
    rows = [f"| `{name}` | {'; '.join(_field(*field) for field in _fields(model))} |" for name, model in plans.COMMANDS.items()]
    return _PLANS.format(rate=rate, burst=burst, largest=plans.LONGEST_UPDATE) + "\n".join(rows) + "\n"


def _row(act: acts.Act) -> str:
    by = ", ".join(sorted(part.value for part in act.parts))
    when = ", ".join(phase for phase in ("planned", "running", "paused", "ended") if phase in act.phases)
    late = " (late too)" if act.is_evidence else ""
    data = "; ".join(_field(name, described) for name, described in _fields(act.model)) or "—"
    return f"| `{act.name}` | {by} | {when}{late} | {data} | `{act.fact}` | {_MORE.get(act.name, '')} |"


def _fields(model: type[BaseModel]) -> list[tuple[str, dict[str, Any]]]:
    described = model.model_json_schema()
    named = {f"#/$defs/{name}": one for name, one in described.get("$defs", {}).items()}
    return [
        (name, one | named.get(one.get("$ref", ""), {}) | {"optional": name not in described.get("required", ())})
        for name, one in described.get("properties", {}).items()
    ]


def _field(name: str, described: dict[str, Any]) -> str:
    mark = "?" if described["optional"] else ""
    return f"`{name}{mark}` {_kind(described)}"


def _kind(described: dict[str, Any]) -> str:
    if "anyOf" in described:
        return " or ".join(_kind(one) for one in described["anyOf"])
    if "enum" in described:
        return " · ".join(str(one) for one in described["enum"])
    kind = described.get("type", "")
    if kind == "array":
        return f"{_bounds(described, 'minItems', 'maxItems')} of {_kind(described['items'])}".strip()
    if kind == "string":
        return f"{'bytes' if described.get('format') == 'binary' else 'text'} {_bounds(described, 'minLength', 'maxLength')}".strip()
    if kind in {"integer", "number"}:
        return f"number {_bounds(described, 'minimum', 'maximum')}".strip()
    return {"boolean": "yes or no", "null": "null"}.get(kind, kind)


def _bounds(described: dict[str, Any], least: str, most: str) -> str:
    beyond = described.get("exclusiveMaximum")
    low, high = described.get(least), described.get(most, None if beyond is None else beyond - 1)
    return f"{'' if low is None else low}–{'' if high is None else high}" if low is not None or high is not None else ""
