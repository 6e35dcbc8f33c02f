/** What the lead is told of each class, and when the quiet line speaks. */
import { beforeEach, expect, test } from "vitest";
import { Activity } from "../../src/live/activity";
import { presenceOf, prompt, silence, watchOf } from "../../src/live/sites";
import { apply, newState, type Fact } from "../../src/live/state";
import type { Lesson } from "../../src/live/store";

const MINUTE = 60_000;
const sites = ["实验小学", "云台小学", "大坪教学点"].map((school, position) => ({ position, school, class_name: "三年级", head_count: 20, is_lead: position === 0 }));

let lesson: Lesson;
let seq: number;

function happens(at: number, by: string, type: string, data: Record<string, unknown> = {}): void {
  const fact: Fact = { lesson: "les_1", seq: (seq += 1), at, by, type, data: { id: `f${seq}`, ...data } };
  apply(lesson.state, fact);
  lesson.activity.take([fact], lesson.state);
}

function comes(at: number, seat: string): void {
  happens(at, seat, "seat:joined", { seat, conn: `c-${seat}`, device: `d-${seat}` });
}

beforeEach(() => {
  seq = 0;
  lesson = { props: { sites }, state: newState("les_1"), activity: new Activity(`les_${Math.random()}`) } as unknown as Lesson;
  for (const seat of ["class:1", "assist:1", "class:2"]) comes(0, seat);
  happens(0, "lead", "lesson:started", { ends_at: 40 * MINUTE });
});

test("a class that said nothing for six minutes is named, the longest silent first", () => {
  happens(MINUTE, "assist:2", "hand:raised", { site: 2, who: "" });
  expect(prompt(lesson, 5.9 * MINUTE)).toBeNull();
  expect(prompt(lesson, 6.5 * MINUTE)).toEqual({ site: 1, words: "云台小学三年级 6 分钟没有说话，可以请他们先答" });
  happens(7 * MINUTE, "class:1", "stroke:drawn", { page: "board/1" });
  expect(prompt(lesson, 7.5 * MINUTE)?.site).toBe(2);
});

test("a class on the stage is not silent, and nobody is while each works on its own", () => {
  happens(7 * MINUTE, "lead", "stage:changed", { site: 1, who: "" });
  expect(silence(lesson, 1, 20 * MINUTE)).toBe(0);
  happens(8 * MINUTE, "lead", "timer:started", { seconds: 600, label: "", kind: "local" });
  expect(prompt(lesson, 15 * MINUTE)).toBeNull();
});

test("who had two turns less than another is offered the next", () => {
  for (const at of [1, 2]) {
    happens(at * MINUTE, "assist:1", "hand:raised", { id: `h${at}`, site: 1, who: "" });
    happens(at * MINUTE, "lead", "hand:called", { hand: `h${at}` });
  }
  expect(prompt(lesson, 3 * MINUTE)).toEqual({ site: 2, words: "大坪教学点三年级的机会最少（0 次），下一个可以请他们" });
});

test("a class is there, half there, lost since, or has not come", () => {
  expect(presenceOf(lesson, 1, MINUTE)).toEqual({ kind: "there", words: "在线" });
  expect(presenceOf(lesson, 2, MINUTE).kind).toBe("partly");
  happens(MINUTE, "class:1", "seat:left", { seat: "class:1", conn: "c-class:1" });
  expect(presenceOf(lesson, 1, 3 * MINUTE)).toEqual({ kind: "partly", words: "教室屏幕断线 2 分钟" });
  happens(2 * MINUTE, "assist:1", "seat:left", { seat: "assist:1", conn: "c-assist:1" });
  expect(presenceOf(lesson, 1, 4 * MINUTE)).toEqual({ kind: "lost", words: "断线 2 分钟" });
  const empty = { ...lesson, state: newState("les_2"), activity: new Activity("les_none") } as unknown as Lesson;
  expect(presenceOf(empty, 1, MINUTE).kind).toBe("never");
});

test("of classes that only watch each says what it has, and none is asked to speak", () => {
  Object.assign(lesson.props, { is_watched: true });
  expect(watchOf(lesson, 1, MINUTE)).toEqual({ kind: "coming", words: "已进教室" });
  happens(MINUTE, "class:1", "link:changed", { site: 1, rung: "video360" });
  happens(MINUTE, "class:2", "link:changed", { site: 2, rung: "text" });
  expect([1, 2].map((site) => watchOf(lesson, site, MINUTE).kind)).toEqual(["there", "boards"]);
  happens(2 * MINUTE, "class:1", "seat:left", { seat: "class:1", conn: "c-class:1" });
  expect(watchOf(lesson, 1, 3 * MINUTE).kind).toBe("lost");
  expect(prompt(lesson, 9 * MINUTE)).toBeNull();
});
