/** What marks come to while one observes, and what a press means: figures by end, waiting times, keys. Pure. */
import type { End, Mark } from "./types.ts";

export const QUESTION = "question";
export const MOST_CHOSEN = 3;
export const ENDS: End[] = ["city", "village", "all"];
const LONGEST_WAIT_MS = 10 * 60_000;

export interface Asked {
  asked: number;
  /** Mean of those that were timed, in seconds; none when nothing was. */
  wait_s: number | null;
}

/** The questions to one end. */
export function askedOf(marks: readonly Mark[], end: End): Asked {
  const found = marks.filter((one) => one.item === QUESTION && one.end === end);
  const waits = found.flatMap((one) => (one.wait_ms === null ? [] : [one.wait_ms]));
  return { asked: found.length, wait_s: waits.length ? waits.reduce((sum, one) => sum + one, 0) / waits.length / 1000 : null };
}

export function timesOf(marks: readonly Mark[], item: string): number {
  return marks.filter((one) => one.item === item).length;
}

/** How long was waited; nothing for a recording that was wound back, or a question that everybody forgot. */
export function waited(from_ms: number, now_ms: number): number | null {
  const found = Math.round(now_ms - from_ms);
  return found < 0 || found > LONGEST_WAIT_MS ? null : found;
}

/** Choose a viewpoint or leave it; a fourth is not taken. */
export function chosen(before: readonly string[], key: string): string[] {
  if (before.includes(key)) return before.filter((one) => one !== key);
  return before.length < MOST_CHOSEN ? [...before, key] : [...before];
}

export type Press = { kind: "end"; end: End } | { kind: "answer" } | { kind: "level"; at: number } | { kind: "item"; at: number } | { kind: "undo" };

/** C, V and A are the ends, D begins the answer, 1 to 6 are levels, Q to R the other things; Backspace takes the last one back. */
export function pressOf(key: string): Press | null {
  const letter = key.toLowerCase();
  const end = ({ c: "city", v: "village", a: "all" } as const)[letter];
  if (end) return { kind: "end", end };
  if (letter === "d") return { kind: "answer" };
  if (letter === "backspace") return { kind: "undo" };
  if (/^[1-6]$/.test(letter)) return { kind: "level", at: Number(letter) - 1 };
  const item = "qwer".indexOf(letter);
  return letter.length === 1 && item >= 0 ? { kind: "item", at: item } : null;
}
