"""python-socketio as it comes, storing nothing: what the log and its order cost us beside it. Prints its port."""

import socket

import socketio
import uvicorn

sio = socketio.AsyncServer(async_mode="asgi", serializer="msgpack", cors_allowed_origins="*")
heads: dict[str, int] = {}


@sio.on("connect", namespace="/live")
async def connect(_sid: str, _environ: object, _auth: object = None) -> None:
    """Everybody may."""


@sio.on("lesson:join", namespace="/live")
async def join(sid: str, wanted: dict[str, str]) -> dict[str, object]:
    await sio.enter_room(sid, wanted["lesson"], namespace="/live")
    return {"ok": True, "data": {"lesson": wanted["lesson"], "seat": "lead", "seq": heads.get(wanted["lesson"], 0), "facts": []}}


@sio.on("board:draw", namespace="/live")
async def draw(_sid: str, command: dict[str, object]) -> dict[str, object]:
    lesson = str(command["lesson"])
    heads[lesson] = seq = heads.get(lesson, 0) + 1
    data = {"id": command["id"], **command["data"]}  # type: ignore[dict-item]  # as it came
    fact = {"lesson": lesson, "seq": seq, "at": 0, "by": "lead", "type": "stroke:drawn", "data": data}
    await sio.emit("facts", [fact], room=lesson, namespace="/live")
    return {"ok": True, "data": {"seq": seq}}


def main() -> None:
    """Serve on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(socketio.ASGIApp(sio), ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
