/** What a press makes of codes, what goes to the server, and ids that the server takes. */
import { describe, expect, it } from "vitest";
import { answered, batchOf, isWaiting, waiting, type Answer } from "../src/islands/observe/batch.ts";
import { newId } from "../src/islands/observe/ids.ts";
import type { Kept } from "../src/islands/observe/store.ts";
import { coded, filled, fiasOf, missed, stepAt, stOf, undone } from "../src/islands/observe/ticks.ts";
import { markNear, marksOf } from "../src/islands/player/marks.ts";

const thing = (id: string, kind: Kept["kind"], version: number, sent: number, data: unknown = {}): Kept => ({ id, kind, person: "p", parent: "obs_1", data, version, sent });
const NOTHING: Answer = { now: 0, offset_ms: 0, observations: {}, notes: {}, codings: {}, refused: {}, told: {} };

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
