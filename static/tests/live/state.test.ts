/** The state of a lesson folds here as it folds on the server: both are held by the same vectors. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apply, FACTS, fold, newState, type Fact, type State } from "../../src/live/state";

interface Vector {
  lesson: string;
  facts: Fact[];
  state: State;
}

const vectors = JSON.parse(readFileSync(new URL("../../../tests/live/vectors.json", import.meta.url), "utf8")) as Vector[];

test.each(vectors)("the facts of $lesson give the state that the server has", ({ lesson, facts, state }) => {
  expect(fold(newState(lesson), facts)).toEqual(state);
});

test.each(vectors)("a snapshot of $lesson and the facts after it give the same state, and facts known already change nothing", ({ lesson, facts, state }) => {
  for (const cut of [1, Math.floor(facts.length / 2), facts.length - 1]) {
    const snapshot = JSON.parse(JSON.stringify(fold(newState(lesson), facts.slice(0, cut)))) as State;
    expect(fold(snapshot, facts)).toEqual(state);
  }
});

test("every type of fact that the server folds is folded here", () => {
  const played = new Set(vectors.flatMap(({ facts }) => facts.map((fact) => fact.type)));
  expect([...FACTS].sort()).toEqual([...played].sort());
});

test("a fact of an unknown type counts and changes nothing else", () => {
  const state = newState("les_1");
  apply(state, { lesson: "les_1", seq: 1, at: 0, by: "lead", type: "moon:landed", data: {} });
  expect(state).toEqual({ ...newState("les_1"), seq: 1 });
});
