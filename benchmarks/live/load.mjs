/**
 * The one load generator for every server: real socket.io clients that draw and time what comes back.
 *
 * Reads one JSON line of orders from its arguments, prints one JSON line a measurement. A stroke's latency
 * is from sending it to receiving its fact, at every client of the room, by one clock.
 */
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

const require = createRequire(new URL("../../static/package.json", import.meta.url));
const { io } = require("socket.io-client");
const parser = require("socket.io-msgpack-parser");

const orders = JSON.parse(process.argv[2]);
const sent = new Map();
let serial = 0;
/** Each run names its own strokes: the log would know those of an earlier one again. */
const RUN = Math.random().toString(36).slice(2, 8);

/** Counts of latencies by half milliseconds: no array grows with the load. */
class Latencies {
  constructor() {
    this.counts = new Uint32Array(20_000);
    this.total = 0;
  }
  add(ms) {
    this.counts[Math.min(this.counts.length - 1, Math.floor(ms * 2))] += 1;
    this.total += 1;
  }
  percentile(share) {
    let left = this.total * share;
    for (let index = 0; index < this.counts.length; index += 1) {
      left -= this.counts[index];
      if (left <= 0) return (index + 1) / 2;
    }
    return Infinity;
  }
}

let latencies = new Latencies();
let wanted = 0;

/** A stroke as pens make them: 50 points, two or three characters each. */
function stroke(page) {
  const points = Array.from({ length: 120 }, (_, index) => "?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(index * 7 + serial) % 28]).join("");
  return { page, pen: "pen", colour: 0, width: 3, points };
}

async function seat(lesson, token) {
  const socket = io(`${orders.url}/live`, { parser, transports: ["websocket"], auth: { token }, forceNew: true, reconnection: false });
  await new Promise((ready, failed) => {
    socket.once("connect", ready);
    socket.once("connect_error", (error) => failed(new Error(`no connection: ${error.message}`)));
  });
  socket.on("facts", (facts) => {
    const now = performance.now();
    for (const fact of facts) {
      const began = sent.get(fact.data.id);
      if (began !== undefined) latencies.add(now - began);
    }
  });
  socket.on("refused", (told) => console.error(JSON.stringify(told)));
  const answer = await socket.timeout(20_000).emitWithAck("lesson:join", { lesson });
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return socket;
}

/** Draws at a steady rate until stopped; `receivers` is how many facts each stroke should become. */
function draw(socket, lesson, perSecond, receivers) {
  let stopped = false;
  const begin = performance.now() + Math.random() * (1000 / perSecond);
  let count = 0;
  const next = () => {
    if (stopped) return;
    const id = `${RUN}${(serial += 1).toString(36)}`;
    sent.set(id, performance.now());
    wanted += receivers();
    socket.emit("board:draw", { lesson, id, data: stroke(`deck/${1 + (count >> 7)}`), wait: false });
    count += 1;
    setTimeout(next, Math.max(0, begin + (count * 1000) / perSecond - performance.now()));
  };
  setTimeout(next, begin - performance.now());
  return () => (stopped = true);
}

/** Let what is under way arrive, then measure for so long; strokes sent in that time are waited for. */
async function measure(seconds) {
  latencies = new Latencies();
  sent.clear();
  wanted = 0;
  await pause(seconds * 1000);
  const [p50, p95, p99, received] = [0.5, 0.95, 0.99].map((share) => latencies.percentile(share)).concat(latencies.total);
  return { p50, p95, p99, received, wanted };
}

async function fan() {
  const { lesson, lead, watcher } = orders;
  const sender = await seat(lesson, lead);
  const begun = await sender.timeout(10_000).emitWithAck("lesson:start", { lesson, id: `start${Date.now().toString(36)}` }).catch(() => null);
  if (begun && !begun.ok && begun.error.code !== "started_already") throw new Error(JSON.stringify(begun));
  for (let index = 0; index < orders.clients; index += 1) await seat(lesson, watcher);
  const stop = draw(sender, lesson, orders.rate, () => orders.clients + 1);
  await pause(2_000);
  console.log(JSON.stringify({ ready: true }));
  console.log(JSON.stringify(await measure(orders.seconds)));
  stop();
}

async function rooms() {
  let open = 0;
  for (const step of orders.steps) {
    while (open < step) {
      const lesson = orders.lessons[open];
      const sockets = [];
      for (const token of orders.tokens) sockets.push(await seat(lesson, token));
      sockets.forEach((socket) => draw(socket, lesson, orders.rate, () => sockets.length));
      open += 1;
    }
    await pause(1_500);
    const found = await measure(orders.seconds);
    console.log(JSON.stringify({ rooms: open, ...found }));
    if (found.p95 > orders.most_ms) break;
  }
}

/** Bytes that came over this socket's line, frames and all. */
const received = (socket) => socket.io.engine.transport.ws._socket.bytesRead;

/** A minute of teaching passes while a village is cut off: how long and how much until it has caught up. */
async function catchup() {
  const { lesson, lead, village } = orders;
  const sender = await seat(lesson, lead);
  await sender.timeout(10_000).emitWithAck("lesson:start", { lesson, id: `${RUN}start` });
  const gone = await seat(lesson, village);
  const { data } = await gone.timeout(10_000).emitWithAck("lesson:join", { lesson });
  gone.disconnect();
  for (let count = 0; count < 20; count += 1) await sender.timeout(10_000).emitWithAck("board:draw", { lesson, id: `${RUN}k${count}`, data: stroke("deck/1") });
  for (const page of [2, 3]) await sender.timeout(10_000).emitWithAck("slide:turn", { lesson, id: `${RUN}p${page}`, data: { deck: "deck", page } });
  const began = performance.now();
  const back = io(`${orders.url}/live`, { parser, transports: ["websocket"], auth: { token: village }, forceNew: true, reconnection: false });
  await new Promise((ready) => back.once("connect", ready));
  const answer = await back.timeout(10_000).emitWithAck("lesson:join", { lesson, since: data.seq });
  console.log(JSON.stringify({ ms: performance.now() - began, bytes: received(back), facts: answer.data.facts.length }));
}

/** A lesson hour of 1,200 strokes on 40 slides, as one village receives it, with the parts of strokes that pass by. */
async function hour() {
  const { lesson, lead, village } = orders;
  const sender = await seat(lesson, lead);
  await sender.timeout(10_000).emitWithAck("lesson:start", { lesson, id: `${RUN}start` });
  const there = await seat(lesson, village);
  const before = received(there);
  let kept = 0;
  there.on("facts", (facts) => (kept += facts.length));
  for (let page = 1; page <= 40; page += 1) {
    await sender.timeout(10_000).emitWithAck("slide:turn", { lesson, id: `${RUN}t${page}`, data: { deck: "deck", page } });
    for (let count = 0; count < 30; count += 1) {
      const whole = stroke(`deck/${page}`);
      const part = { ...whole, points: whole.points.slice(0, 16) };
      for (let piece = 0; piece < 4; piece += 1) sender.emit("ink:pass", { lesson, data: { id: `${page}-${count}`, ...part } });
      sender.emit("board:draw", { lesson, id: `${RUN}h${page}x${count}`, data: whole, wait: false });
      await pause(90); // so that the limit of what may pass by holds nothing back
    }
  }
  while (kept < 1_240) await pause(100);
  const perPing = 9;
  console.log(JSON.stringify({ bytes: received(there) - before + 720 * perPing, facts: kept }));
}

await { fan, rooms, catchup, hour }[orders.kind]();
process.exit(0);
