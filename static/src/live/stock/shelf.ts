/**
 * Where a room's browser keeps a stock: whole files under their hash, parts of files that are still coming, and the lists.
 *
 * Everything lies in Cache Storage, so the worker beside the pages can give it, and forgets all of it when the device is
 * no room's any more. Rule: a file is put among the whole ones only after its hash was found true.
 */
import { chain, type Part } from "./parts";
import type { Stock, StockFile } from "./types";

const FILES = "hub-stock-files";
const PARTS = "hub-stock-parts";
const LISTS = "hub-stock-lists";
const PREFIX = "/live/stock/";
const FILE = /^\/live\/stock\/([0-9a-f]{64})$/;
const PART = /^\/live\/stock\/([0-9a-f]{64})\/(\d+)-(\d+)$/;

/** No room is left on the device. */
export class DiskFull extends Error {}

/** Browsers keep files and tell hashes over https and on this machine only. */
export function canKeep(): boolean {
  return window.isSecureContext && "caches" in window && "serviceWorker" in navigator && Boolean(crypto.subtle);
}

/** Whether the worker beside the page gives what is kept: not before it has taken over a page that was opened first. */
export function canGive(): boolean {
  return canKeep() && navigator.serviceWorker.controller !== null;
}

export const pathOf = (sha256: string): string => PREFIX + sha256;

/** The hashes of the files that are here whole. */
export async function heldFiles(): Promise<Set<string>> {
  if (!canKeep()) return new Set();
  return new Set((await paths(FILES)).flatMap((path) => FILE.exec(path)?.[1] ?? []));
}

export async function heldParts(): Promise<Map<string, Part[]>> {
  const found = new Map<string, Part[]>();
  for (const path of await paths(PARTS)) {
    const [, sha256, from, to] = PART.exec(path) ?? [];
    if (!sha256) continue;
    found.set(sha256, [...(found.get(sha256) ?? []), { from: Number(from), to: Number(to) }]);
  }
  return found;
}

/** Keep bytes that came; DiskFull when there is no room for them. */
export async function keepPart(sha256: string, from: number, bytes: Uint8Array[]): Promise<Part> {
  const body = new Blob(bytes as BlobPart[]);
  const to = from + body.size;
  await put(PARTS, partPath(sha256, { from, to }), new Response(body));
  return { from, to };
}

/** Make the parts of a file one; false, with nothing of it left, when its hash is another. */
export async function join(file: StockFile, parts: readonly Part[]): Promise<boolean> {
  const cache = await caches.open(PARTS);
  const pieces: Blob[] = [];
  for (const { part, skip } of chain(parts)) {
    const found = await cache.match(partPath(file.sha256, part));
    if (found) pieces.push((await found.blob()).slice(skip));
  }
  const whole = new Blob(pieces, { type: file.media_type });
  const isTrue = whole.size === file.bytes && (await hashOf(whole)) === file.sha256;
  const headers = { "Content-Type": file.media_type, "Content-Length": String(whole.size) };
  if (isTrue) await put(FILES, pathOf(file.sha256), new Response(whole, { headers }));
  await Promise.all(parts.map((part) => cache.delete(partPath(file.sha256, part))));
  return isTrue;
}

/** Throw away files and parts. */
export async function drop(hashes: readonly string[]): Promise<void> {
  if (!hashes.length) return;
  const [files, parts] = [await caches.open(FILES), await caches.open(PARTS)];
  const gone = new Set(hashes);
  await Promise.all(hashes.map((sha256) => files.delete(pathOf(sha256))));
  const rest = (await paths(PARTS)).filter((path) => gone.has(PART.exec(path)?.[1] ?? ""));
  await Promise.all(rest.map((path) => parts.delete(path)));
}

/** Keep something about a lesson beside its files, under a name of its own. */
export async function keepList(lesson: string, name: string, content: unknown): Promise<void> {
  await put(LISTS, listPath(lesson, name), new Response(JSON.stringify(content)));
}

export async function list<Content>(lesson: string, name: string): Promise<Content | null> {
  if (!canKeep()) return null;
  const found = await (await caches.open(LISTS)).match(listPath(lesson, name));
  return found ? ((await found.json()) as Content) : null;
}

export const stockOf = (lesson: string): Promise<Stock | null> => list<Stock>(lesson, "stock");

/** Forget what is kept about all lessons but these. */
export async function dropLists(but: readonly string[]): Promise<void> {
  const cache = await caches.open(LISTS);
  const over = (await paths(LISTS)).filter((path) => !but.some((lesson) => path.startsWith(listPath(lesson, ""))));
  await Promise.all(over.map((path) => cache.delete(path)));
}

/** Bytes that the browser still lets us keep; null when it does not say. */
export async function room(): Promise<number | null> {
  const found = await navigator.storage?.estimate?.();
  return found?.quota === undefined ? null : found.quota - (found.usage ?? 0);
}

async function put(name: string, path: string, response: Response): Promise<void> {
  try {
    await (await caches.open(name)).put(path, response);
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") throw new DiskFull();
    throw error;
  }
}

async function hashOf(whole: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await whole.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function paths(name: string): Promise<string[]> {
  return (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
}

const partPath = (sha256: string, { from, to }: Part): string => `${pathOf(sha256)}/${from}-${to}`;
const listPath = (lesson: string, name: string): string => `${PREFIX}lessons/${lesson}/${name}`;
