/** Seconds of a recording and moments of its lesson, and the state at any of them, forth and back. */
import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { momentOf, Past, type Placed } from "../../src/islands/replay/timeline";
import { fold, newState, type Fact, type State } from "../../src/live/state";

const BEGAN = 1_790_000_000_000;
const PLACED: Placed[] = [
  { at_ms: BEGAN, start_s: 0, length_s: 10 },
  { at_ms: BEGAN + 25_000, start_s: 25, length_s: 10 },
  { at_ms: BEGAN + 635_000, start_s: 65, length_s: 10 },
];

test("a short cut stays in the time, a long break does not", () => {
  expect([0, 5, 26, 66].map((second) => momentOf(PLACED, second) - BEGAN)).toEqual([0, 5_000, 26_000, 636_000]);
  expect(momentOf([], 5)).toBe(0);
});

test("going forth and back in any order gives what the log gives", () => {
  const vectors = JSON.parse(readFileSync(new URL("../../../tests/live/vectors.json", import.meta.url), "utf8")) as { lesson: string; facts: Fact[]; state: State }[];
  for (const { lesson, facts } of vectors) {
    const past = new Past(lesson, facts);
    const moments = facts.map((fact) => fact.at);
    for (const place of [0.5, 0.9, 0.1, 0.1, 1, 0.3, 0.99]) {
      const moment = moments[Math.min(moments.length - 1, Math.floor(place * moments.length))]!;
      past.go(moment);
      expect(past.state).toEqual(fold(newState(lesson), facts.filter((fact) => fact.at <= moment)));
    }
  }
});
