/** What a press makes of codes, what goes to the server, and ids that the server takes. */
import { describe, expect, it } from "vitest";
import { answered, batchOf, isWaiting, waiting, type Answer } from "../src/islands/observe/batch.ts";
import { askedOf, chosen, pressOf, timesOf, waited } from "../src/islands/observe/counts.ts";
import { newId } from "../src/islands/observe/ids.ts";
import type { Kept } from "../src/islands/observe/store.ts";
import type { Mark } from "../src/islands/observe/types.ts";
import { coded, filled, fiasOf, missed, stepAt, stOf, undone } from "../src/islands/observe/ticks.ts";
import { markNear, marksOf } from "../src/islands/player/marks.ts";

const thing = (id: string, kind: Kept["kind"], version: number, sent: number, data: unknown = {}): Kept => ({ id, kind, person: "p", parent: "obs_1", data, version, sent });
const NOTHING: Answer = { now: 0, offset_ms: 0, observations: {}, notes: {}, marks: {}, codings: {}, refused: {}, told: {} };

describe("ticks", () => {
  it("counts steps from where the coder began", () => {
    expect([stepAt(9, 10, 30), stepAt(10, 10, 30), stepAt(39, 10, 30), stepAt(40, 10, 30)]).toEqual([-1, 0, 0, 1]);
  });
  it("leaves gaps for what was missed and takes them back with the code", () => {
    const codes = coded(coded([], 0, "T"), 3, "S");
    expect(codes).toEqual(["T", "-", "-", "S"]);
    expect(missed(codes, 5)).toEqual([1, 2, 4]);
    expect(undone(codes)).toEqual(["T"]);
    expect(undone(["T"])).toEqual([]);
    expect(coded(codes, 1, "S")).toEqual(["T", "S", "-", "S"]);
    expect(filled(["-", "5", "-", "-", "8"])).toEqual(["-", "5", "5", "5", "8"]);
  });
  it("reads keys", () => {
    expect([fiasOf("1"), fiasOf("0"), fiasOf("x"), stOf("t"), stOf("S"), stOf("d")]).toEqual(["1", "10", null, "T", "S", null]);
  });
});

describe("batches", () => {
  it("sends observations first and codes as one text", () => {
    const things = [thing("cod_1", "coding", 2, 1, { scheme: "fias", codes: ["5", "-", "10"] }), thing("obn_1", "note", 1, 1), thing("obs_1", "observation", 1, 0)];
    const found = waiting(things);
    expect(found.map((one) => one.id)).toEqual(["obs_1", "cod_1"]);
    expect(batchOf(found, 7)).toMatchObject({ now: 7, notes: [], codings: [{ id: "cod_1", observation: "obs_1", version: 2, codes: "5 - 10" }] });
  });
  it("keeps waiting what was changed while it was sent, and rests with what was refused", () => {
    const sent = thing("obn_1", "note", 1, 0);
    const changed = { ...sent, version: 2 };
    const [kept] = answered([sent], () => changed, { ...NOTHING, notes: { obn_1: 1 } });
    expect([kept!.sent, isWaiting(kept!)]).toEqual([1, true]);
    const [refused] = answered([sent], () => sent, { ...NOTHING, refused: { obn_1: "没有找到" } });
    expect(isWaiting(refused!)).toBe(false);
    expect(isWaiting({ ...refused!, version: 2 })).toBe(true);
  });
});

describe("counting", () => {
  const mark = (end: Mark["end"], wait_ms: number | null, item = "question"): Mark => ({ made_at: 0, second: 0, viewpoint: "dialogue", item, end, level: null, wait_ms, is_deleted: false });
  it("counts questions by end and takes the mean of those that were timed", () => {
    const marks = [mark("city", 1_000), mark("city", 4_000), mark("city", null), mark("village", null), mark("city", null, "probed")];
    expect(askedOf(marks, "city")).toEqual({ asked: 3, wait_s: 2.5 });
    expect(askedOf(marks, "village")).toEqual({ asked: 1, wait_s: null });
    expect([timesOf(marks, "probed"), timesOf(marks, "passed_on")]).toEqual([1, 0]);
  });
  it("times no wait of a recording that was wound back or of a forgotten question", () => {
    expect([waited(1_000, 3_500), waited(5_000, 4_000), waited(0, 600_001)]).toEqual([2_500, null, null]);
  });
  it("takes three viewpoints and no fourth", () => {
    const three = ["a", "b", "c"];
    expect([chosen(["a", "b"], "c"), chosen(three, "d"), chosen(three, "b")]).toEqual([three, three, ["a", "c"]]);
  });
  it("reads keys", () => {
    expect([pressOf("C"), pressOf("a"), pressOf("d"), pressOf("6"), pressOf("e"), pressOf("Backspace")]).toEqual([
      { kind: "end", end: "city" }, { kind: "end", end: "all" }, { kind: "answer" }, { kind: "level", at: 5 }, { kind: "item", at: 2 }, { kind: "undo" },
    ]);
    expect([pressOf("7"), pressOf("x"), pressOf("qw"), pressOf("")]).toEqual([null, null, null, null]);
  });
  it("sends marks with their observation", () => {
    const things = [thing("obm_1", "mark", 1, 0, mark("city", 2_000)), thing("obs_1", "observation", 1, 0)];
    expect(batchOf(waiting(things), 7)).toMatchObject({ marks: [{ id: "obm_1", observation: "obs_1", version: 1, end: "city", wait_ms: 2_000 }], codings: [] });
  });
});

describe("ids and marks", () => {
  it("makes ids as the server's, later ones later", () => {
    expect(newId("obs")).toMatch(/^obs_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(newId("obn", 1_000) < newId("obn", 2_000)).toBe(true);
  });
  it("reads marks and finds the one near", () => {
    expect(marksOf("not json")).toEqual([]);
    const marks = marksOf('[{"at_s":10,"label":"提问"},{"at_s":60,"label":"村端发言"},{"x":1}]');
    expect([markNear(marks, 10.5, 100), markNear(marks, 40, 100)]).toEqual(["提问", ""]);
  });
});
