/** A room check on measurements that we make up: the rung, the echo, the voice, how fast a line is. */
import { describe, expect, it } from "vitest";
import { isOver } from "../../src/islands/lesson-class/leaving.ts";
import { kbpsOf, measure, nextSize } from "../../src/live/check/speed.ts";
import { echoOf, healthOf, hears, predicted, type Found } from "../../src/live/check/verdict.ts";
import { newState } from "../../src/live/state.ts";

const WELL: Found = { up_kbps: 4000, down_kbps: 8000, rtt_ms: 20, camera: true, mic: true, echo: "good", relay: true, rung: "video720", note: "" };

describe("the rung that is said beforehand", () => {
  it.each([
    [1430, "video720"], [1400, "video360"], [530, "video360"], [186, "video180"], [90, "still"], [55, "audio24"], [42, "audio16"], [35, "audio12"], [20, "text"],
  ] as const)("of a way of %i kbit/s is %s", (kbps, rung) => {
    expect(predicted(kbps, 20_000)).toBe(rung);
    expect(predicted(20_000, kbps)).toBe(rung);
  });
  it("promises nothing of a way that was not measured", () => {
    expect([predicted(null, 9_000), predicted(9_000, null)]).toEqual(["text", "text"]);
  });
});

describe("the echo", () => {
  it.each([
    [-95, -92, "good"], [-95, -80, "good"], [-80, -66, "some"], [-80, -45, "bad"], [null, -40, "unknown"], [-90, null, "unknown"], [-Infinity, -Infinity, "unknown"],
  ] as const)("from %s to %s dB is %s", (quiet, toned, echo) => {
    expect(echoOf(quiet, toned)).toBe(echo);
  });
});

describe("a microphone", () => {
  it("hears when the level rises and moves, not when it hums or is silent", () => {
    expect(hears([0.002, 0.003, 0.05])).toBe(true);
    expect(hears([0.05, 0.051, 0.052])).toBe(false);
    expect(hears([0, 0, 0])).toBe(false);
    expect(hears([])).toBe(false);
  });
});

describe("how a room stands", () => {
  it("is judged by what a lesson cannot do without, then by what is lacking", () => {
    expect(healthOf(WELL)).toBe("well");
    expect(healthOf({ ...WELL, relay: null, echo: "unknown" })).toBe("well");
    for (const lack of [{ camera: false }, { echo: "some" }, { relay: false }, { rung: "still" }] as Partial<Found>[]) expect(healthOf({ ...WELL, ...lack })).toBe("fair");
    for (const lack of [{ mic: false }, { rung: "text" }] as Partial<Found>[]) expect(healthOf({ ...WELL, ...lack })).toBe("poor");
  });
});

describe("the speed of a line", () => {
  /** A line that carries so many kbit/s, on a clock of its own. */
  function line(kbps: number): { transfer: Parameters<typeof measure>[0]; now: () => number; sizes: number[] } {
    let clock = 0;
    const sizes: number[] = [];
    const transfer = (bytes: number, within: number) => {
      sizes.push(bytes);
      const needed = (bytes * 8) / kbps;
      clock += Math.min(needed, within);
      return Promise.resolve(needed <= within ? { bytes, ms: needed, isWhole: true } : { bytes: (kbps * within) / 8, ms: within, isWhole: false });
    };
    return { transfer, now: () => clock, sizes };
  }
  it.each([40, 300, 2_000, 100_000])("of %i kbit/s is found within six seconds", async (kbps) => {
    const { transfer, now, sizes } = line(kbps);
    expect(await measure(transfer, 0, now)).toBeCloseTo(kbps, -1);
    expect(now()).toBeLessThanOrEqual(6_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000_000);
  });
  it("is not known when nothing comes through", async () => {
    expect(await measure(() => Promise.reject(new Error("lost")), 0)).toBeNull();
    expect(await measure(() => Promise.resolve({ bytes: 0, ms: 6_000, isWhole: false }), 0)).toBeNull();
  });
  it("grows in steps while transfers are quick", () => {
    expect([nextSize(50_000, 100), nextSize(50_000, 500), nextSize(50_000, 900), nextSize(900_000, 10)]).toEqual([250_000, 100_000, 50_000, 1_000_000]);
    expect(kbpsOf({ bytes: 50_000, ms: 500, isWhole: true }, 100)).toBe(1_000);
  });
});

describe("the screen of a class", () => {
  const end = 40 * 60_000;
  const minutes = (count: number): number => count * 60_000;
  it("stays for three minutes after the end", () => {
    const state = { ...newState("les"), phase: "ended" as const, ended_at: end };
    expect([isOver(state, end, end + minutes(3) - 1), isOver(state, end, end + minutes(3))]).toEqual([false, true]);
  });
  it("leaves a lesson that nobody began, or whose lead is gone, a quarter of an hour after its end", () => {
    const planned = newState("les");
    const running = { ...planned, phase: "running" as const, ends_at: end + minutes(5) };
    expect([isOver(planned, end, end + minutes(15) - 1), isOver(planned, end, end + minutes(15))]).toEqual([false, true]);
    expect([isOver(running, end, end + minutes(15)), isOver(running, end, end + minutes(20))]).toEqual([false, true]);
    expect(isOver({ ...running, seats: { lead: { c: "d" } } }, end, end + minutes(90))).toBe(false);
  });
});
