/**
 * What a room's browser runs beside its pages: without a line it gives them from its own copy.
 *
 * Loaded by /terminal/worker.js, which names the files to keep. Pages are always asked of the server first; files of
 * /static/ never change under their names. The stock of lessons is put into the cache by the pages (live/stock), each file
 * under its hash; here it is only given, whole or in ranges as players ask. Answers of the API and all else are not touched.
 */
import { rangeOf } from "../live/stock/ranges";

interface Wanted {
  version: string;
  files: string[];
}

const worker = self as unknown as ServiceWorkerGlobalScope & { HUB: Wanted };
const CACHE = `hub-room-${worker.HUB.version}`;
const HOME = "/terminal";
const STOCK = /^\/live\/stock\/[0-9a-f]{64}$/;
const LESSON = /^\/live\/les_[^/]+$/;
const OURS = /data-island="(terminal-day|lesson-class)"/;
const LESSONS_KEPT = 3;
/** A line that is cut often does not say so; then the copy stands in. */
const PATIENCE_MS = 8_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(drop((name) => name.startsWith("hub-room-") && name !== CACHE).then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (STOCK.test(pathname)) event.respondWith(stocked(request));
  else if (request.mode === "navigate" && (pathname === HOME || LESSON.test(pathname))) event.respondWith(page(request, pathname));
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(worker.HUB.files);
  await keep(HOME, await fetch(HOME));
}

async function drop(isOver: (name: string) => boolean): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter(isOver).map((name) => caches.delete(name)));
}

/** A file of the stock from this device; what is not here is nowhere else under this address. */
async function stocked(request: Request): Promise<Response> {
  const had = await copyOf(request.url);
  if (!had) return new Response(null, { status: 404 });
  const header = request.headers.get("range");
  if (!header) return had;
  const whole = await had.blob();
  const range = rangeOf(header, whole.size);
  const type = had.headers.get("Content-Type") ?? "";
  if (range === "beyond") return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  const { from, to } = range ?? { from: 0, to: whole.size - 1 };
  const headers = { "Content-Type": type, "Content-Length": String(to - from + 1), "Content-Range": `bytes ${from}-${to}/${whole.size}`, "Accept-Ranges": "bytes" };
  return new Response(whole.slice(from, to + 1, type), { status: range ? 206 : 200, headers });
}

async function file(request: Request): Promise<Response> {
  const had = await copyOf(request);
  if (had) return had;
  const found = await fetch(request);
  if (found.ok && !isForgotten) await (await caches.open(CACHE)).put(request, found.clone());
  return found;
}

/** The server's page, or the copy when it does not come: of this page, else of the room's day. */
async function page(request: Request, path: string): Promise<Response> {
  const copy = (await copyOf(path)) ?? (await copyOf(HOME));
  try {
    const found = await (copy ? soon(fetch(request)) : fetch(request));
    if (found.status >= 500 && copy) return copy;
    await keep(path, found.clone());
    return found;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

/** Our answers vary by cookie and language; a room's device has one of each. */
function copyOf(wanted: RequestInfo): Promise<Response | undefined> {
  return caches.match(wanted, { ignoreVary: true });
}

/** Keeps a page that is a room's; where a page is somebody else's, the device is none any more and forgets everything. */
async function keep(path: string, found: Response): Promise<void> {
  if (!found.ok || found.redirected) return;
  if (!OURS.test(await found.clone().text())) return forget();
  const cache = await caches.open(CACHE);
  await cache.put(path, found);
  const lessons = (await cache.keys()).filter((one) => LESSON.test(new URL(one.url).pathname));
  await Promise.all(lessons.slice(0, -LESSONS_KEPT).map((one) => cache.delete(one)));
}

let isForgotten = false;

async function forget(): Promise<void> {
  isForgotten = true;
  await drop((name) => name.startsWith("hub-"));
  await worker.registration.unregister();
}

function soon(found: Promise<Response>): Promise<Response> {
  return Promise.race([found, new Promise<never>((_give, refuse) => setTimeout(() => refuse(new Error("no answer")), PATIENCE_MS))]);
}
