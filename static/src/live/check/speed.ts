/**
 * How fast the line to the server is, both ways, over the same way that pages take.
 *
 * Begins small, so that a slow line is not stopped up, and grows while it goes quickly; six seconds a direction.
 */
import { csrfToken } from "../../shared/api.ts";

const FIRST = 50_000;
const LARGEST = 1_000_000;
const BUDGET_MS = 6_000;
/** So long a transfer says enough about the line. */
const ENOUGH_MS = 1_500;
/** Fewer bytes than this only filled buffers. */
const LEAST = 4_000;

export interface Taken {
  bytes: number;
  ms: number;
  isWhole: boolean;
}

type Transfer = (bytes: number, withinMs: number) => Promise<Taken>;

/** How much to move next: more while it goes quickly. */
export function nextSize(size: number, ms: number): number {
  return Math.min(LARGEST, size * (ms < 350 ? 5 : ms < 800 ? 2 : 1));
}

/** kbit/s of a transfer, less the time that the question alone takes. */
export function kbpsOf({ bytes, ms }: Taken, rttMs: number): number {
  return Math.round((bytes * 8) / Math.max(1, ms - rttMs));
}

/** The fastest of a few transfers in kbit/s; null when nothing came through. */
export async function measure(transfer: Transfer, rttMs: number, now: () => number = () => performance.now()): Promise<number | null> {
  const ends = now() + BUDGET_MS;
  let best: number | null = null;
  for (let size = FIRST, last = 0; ; ) {
    const left = ends - now();
    if (left < 300) return best;
    const taken = await transfer(size, left).catch(() => null);
    if (!taken) return best;
    if (taken.bytes >= LEAST) best = Math.max(best ?? 0, kbpsOf(taken, rttMs));
    if (!taken.isWhole || taken.ms >= ENOUGH_MS || last >= LARGEST) return best;
    last = size;
    size = nextSize(size, taken.ms);
  }
}

/** The shortest of a few ways to the server and back, in milliseconds; null when there is none. */
export async function roundTrip(lesson: string): Promise<number | null> {
  const trips: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const taken = await download(lesson)(1, 3_000).catch(() => null);
    if (taken?.isWhole) trips.push(taken.ms);
  }
  return trips.length ? Math.round(Math.min(...trips)) : null;
}

export function download(lesson: string): Transfer {
  return async (bytes, withinMs) => {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), withinMs);
    const began = performance.now();
    let count = 0;
    try {
      const response = await fetch(`/api/v1/lessons/${lesson}/probe?bytes=${bytes}`, { cache: "no-store", credentials: "same-origin", signal: patience.signal });
      if (!response.ok) throw new Error(String(response.status));
      const reader = response.body!.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) count += part.value.length;
    } catch (error) {
      if (!patience.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    return { bytes: count, ms: performance.now() - began, isWhole: count >= bytes };
  };
}

/** Others are measuring: the server asks to come again in this time. */
const BUSY = 429;
const AGAIN_MS = 2_000;
const TRIES = 6;

export function upload(lesson: string): Transfer {
  return async (bytes, withinMs) => {
    for (let tries = 1; ; tries += 1) {
      const taken = await send(lesson, bytes, withinMs);
      if (taken || tries === TRIES) return taken ?? { bytes: 0, ms: withinMs, isWhole: false };
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  };
}

/** By the older kind of request: it alone tells how much of a body has gone when time is up. Null: the server is busy. */
function send(lesson: string, bytes: number, withinMs: number): Promise<Taken | null> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const began = performance.now();
    let sent = 0;
    const end = (isWhole: boolean): void => done({ bytes: isWhole ? bytes : sent, ms: performance.now() - began, isWhole });
    request.open("POST", `/api/v1/lessons/${lesson}/probe`);
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.timeout = withinMs;
    request.upload.onprogress = (event) => (sent = event.loaded);
    request.onload = () => (request.status < 300 ? end(true) : request.status === BUSY ? done(null) : fail(new Error(String(request.status))));
    request.ontimeout = () => end(false);
    request.onerror = () => fail(new Error("lost"));
    request.send(noise(bytes));
  });
}

/** Bytes that nothing on the way can pack. */
function noise(count: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(made.subarray(at, Math.min(at + 65_536, count)));
  return made;
}
