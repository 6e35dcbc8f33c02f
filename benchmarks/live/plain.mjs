/**
 * What our live lessons are measured against: stock Node socket.io that fans out and stores nothing.
 *
 * It numbers each room's facts in memory, so that both servers send the same bytes to the same clients.
 * Prints its port as one line when it listens.
 */
import { createRequire } from "node:module";
import { createServer } from "node:http";

const require = createRequire(new URL("../../static/package.json", import.meta.url));
const { Server } = require("socket.io");
const parser = require("socket.io-msgpack-parser");

const http = createServer();
const io = new Server(http, { parser, perMessageDeflate: false, httpCompression: false, transports: ["websocket"] });
const heads = new Map();

io.of("/live").on("connection", (socket) => {
  socket.on("lesson:join", (wanted, answer) => {
    socket.join(wanted.lesson);
    answer({ ok: true, data: { lesson: wanted.lesson, seat: "lead", seq: heads.get(wanted.lesson) ?? 0, facts: [] } });
  });
  socket.on("board:draw", (command, answer) => {
    const seq = (heads.get(command.lesson) ?? 0) + 1;
    heads.set(command.lesson, seq);
    const data = { id: command.id, ...command.data };
    const fact = { lesson: command.lesson, seq, at: Date.now(), by: "lead", type: "stroke:drawn", data };
    io.of("/live").to(command.lesson).emit("facts", [fact]);
    answer?.({ ok: true, data: { seq } });
  });
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
