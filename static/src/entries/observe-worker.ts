/**
 * What gives the pages of observation without a line, from the device's own copy.
 *
 * Loaded by /observe/worker.js, which names the files to keep. Pages are asked of the server first; an observation that no
 * server has yet opens on the kept page /observe/new. Answers of the API are not touched: what was written lies in IndexedDB.
 */
interface Wanted {
  version: string;
  files: string[];
}

const worker = self as unknown as ServiceWorkerGlobalScope & { HUB: Wanted };
const PREFIX = "hub-observe-";
const CACHE = `${PREFIX}${worker.HUB.version}`;
const LIST = "/observe";
const SHELL = "/observe/new";
const ONE = /^\/observe\/obs_[0-9a-z]+$/;
const OURS = /data-island="observe"/;
/** A line that is cut often does not say so; then the copy stands in. */
const PATIENCE_MS = 6_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers(CACHE).then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && (pathname === LIST || pathname === SHELL || ONE.test(pathname))) event.respondWith(page(request, pathname));
  // What the empty page brings (rubrics, the token of the session) must not be older than the list.
  if (request.mode === "navigate" && pathname === LIST) event.waitUntil(fetch(SHELL).then((found) => keep(SHELL, found), () => undefined));
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(worker.HUB.files);
  await Promise.all([LIST, SHELL].map(async (path) => keep(path, await fetch(path))));
}

async function dropOthers(but: string): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== but).map((name) => caches.delete(name)));
}

async function file(request: Request): Promise<Response> {
  const had = await copyOf(request);
  if (had) return had;
  const found = await fetch(request);
  if (found.ok) await (await caches.open(CACHE)).put(request, found.clone());
  return found;
}

/** The server's page, or the copy when it does not come. One's own observation always opens on the kept page: its words are here. */
async function page(request: Request, path: string): Promise<Response> {
  const copy = await copyOf(path === LIST ? LIST : SHELL);
  try {
    const found = await (copy ? soon(fetch(request)) : fetch(request));
    if (found.status >= 500 && copy) return copy;
    // A list that was asked to begin with one lesson is not the list to keep.
    if (!new URL(request.url).search) await keep(path, found.clone());
    return found;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

/** Our answers vary by cookie and language; a person's device has one of each. */
function copyOf(wanted: RequestInfo): Promise<Response | undefined> {
  return caches.match(wanted, { ignoreVary: true });
}

/** Keeps the list and the empty page; where a page is no longer ours (signed out), the copies of pages go. */
async function keep(path: string, found: Response): Promise<void> {
  if (path !== LIST && path !== SHELL) return;
  const cache = await caches.open(CACHE);
  if (found.redirected || found.type === "opaqueredirect") {
    await Promise.all([LIST, SHELL].map((one) => cache.delete(one)));
    return;
  }
  if (!found.ok) return;
  if (OURS.test(await found.clone().text())) await cache.put(path, found);
}

function soon(found: Promise<Response>): Promise<Response> {
  return Promise.race([found, new Promise<never>((_give, refuse) => setTimeout(() => refuse(new Error("no answer")), PATIENCE_MS))]);
}

// A module, so that its names are its own; the build leaves nothing of this line.
export {};
