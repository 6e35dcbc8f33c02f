/** The ladder on lines that we make up: it finds the rung that fits, stays there, and comes back. */
import { describe, expect, it } from "vitest";
import { limited, LOWEST, measured, newLadder, STEPS, type Ladder, type Rung, type Sample } from "../../src/live/media/ladder.ts";

/** What a way of so many kbit/s does to what is sent on it. */
function felt(kbps: number, ladder: Ladder): Sample {
  const need = STEPS[ladder.at]!.needKbps;
  const over = Math.max(0, need - kbps) / Math.max(1, need);
  return { estimateKbps: Math.min(kbps, 2 * need + 60), rttMs: over ? 1_500 : 300, loss: over, concealed: over / 2 };
}

function run(ladder: Ladder, kbps: number, seconds: number): { ladder: Ladder; rungs: Rung[]; steps: number } {
  const rungs: Rung[] = [];
  let steps = 0;
  for (let second = 0; second < seconds; second += 2) {
    const next = measured(ladder, felt(kbps, ladder), 2);
    steps += Number(next.at !== ladder.at);
    ladder = next;
    rungs.push(STEPS[ladder.at]!.rung);
  }
  return { ladder, rungs, steps };
}

describe("the ladder", () => {
  it.each([
    [2000, "video720"],
    [256, "video180"],
    [100, "still"],
    [48, "audio24"],
    [26, "audio12"],
    [10, "text"],
  ] as const)("finds the rung for %i kbit/s", (kbps, rung) => {
    const { rungs } = run(newLadder(0, 1), kbps, 600);
    const late = rungs.slice(-100);
    const share = late.filter((one) => one === rung).length / late.length;
    expect(share).toBeGreaterThan(0.85);
  });

  it("leaves a rung within seconds when speech breaks", () => {
    const broken: Sample = { estimateKbps: null, rttMs: 400, loss: 0.4, concealed: 0.4 };
    expect(measured(newLadder(0, 1), broken, 2).at).toBe(3);
  });

  it("does not swing on the edge of a rung", () => {
    const { steps } = run(newLadder(0, 1), 120, 1_200);
    expect(steps).toBeLessThan(40);
  });

  it("comes back by itself when the line mends", () => {
    const low = run(newLadder(0, 1), 20, 60).ladder;
    expect(low.at).toBeGreaterThanOrEqual(LOWEST - 1);
    expect(run(low, 2000, 400).rungs.at(-1)).toBe("video720");
  });

  it("never climbs over what was chosen by hand", () => {
    const kept = limited(newLadder(0), 4);
    expect(run(kept, 5000, 300).ladder.at).toBe(4);
  });
});
