/** Whom a device talks with by which route, where a line begins, and signals that come before their fact. */
import { describe, expect, it } from "vitest";
import { Early } from "../../src/live/media/early";
import { measured, newLadder, STEPS } from "../../src/live/media/ladder";
import { farOf, limitOf, opening, partners, VILLAGE_TOP, withTop } from "../../src/live/media/lines";
import { newState } from "../../src/live/state";

const at = (rung: string) => STEPS.findIndex((step) => step.rung === rung);
const three = () => ({ ...newState("les"), audio: { "0": "lead", "1": "one", "2": "two" } });

describe("whom a device talks with", () => {
  it("is everybody for the lead and the lead for a class, as long as lines are straight", () => {
    expect([...partners(three(), 0, "lead")]).toEqual([["one", 1], ["two", 2]]);
    expect([...partners({ ...three(), route: "star" }, 1, "one")]).toEqual([["lead", 0]]);
    expect(partners(three(), 1, "another tablet").size).toBe(0);
  });

  it("is nobody straight when a forwarder carries the lesson", () => {
    expect(partners({ ...three(), route: "sfu" }, 0, "lead").size).toBe(0);
    expect([...farOf(three(), 1, "one")]).toEqual([0, 2]);
  });
});

describe("the ladder of a line", () => {
  it("begins where it was last, or as the room check foretold", () => {
    const state = { ...three(), links: { "1": { rung: "audio16", at: 1 } } };
    expect(opening(state, 1, 0)).toBe(at("audio16"));
    expect(opening(state, 2, 0)).toBe(VILLAGE_TOP);
    expect(opening({ ...state, links: { "1": { rung: "video720", at: 1 } } }, 1, VILLAGE_TOP)).toBe(VILLAGE_TOP);
  });

  it("leaves at once what was forbidden by hand, and climbs again by itself when that is taken back", () => {
    const top = limitOf({ ...three(), limits: { "1": "audio24" } }, 1);
    const low = withTop(newLadder(0), top);
    expect(low.at).toBe(at("audio24"));
    let free = withTop(low, limitOf(three(), 1));
    expect(free.at).toBe(at("audio24"));
    for (let seconds = 0; seconds < 20; seconds += 2) free = measured(free, { estimateKbps: null, rttMs: 30, loss: 0, concealed: 0 }, 2);
    expect(free.at).toBeLessThan(at("audio24"));
  });
});

describe("a signal before its fact", () => {
  it("waits for the device to be known, and not for ever", () => {
    const early = new Early();
    early.keep("one", { candidate: null }, 0);
    early.keep("one", { description: { type: "offer", sdp: "" } }, 5_000);
    expect(early.take("one", 12_000)).toEqual([{ description: { type: "offer", sdp: "" } }]);
    expect(early.take("one", 12_000)).toEqual([]);
  });
});
