import { describe, expect, it } from "vitest";
import { boxesOf, cutTo } from "../src/islands/search/cut";

const FRAME = 72 / 192;
const PORTRAIT = 1.414;

describe("a picture cut to its words", () => {
  it("reads boxes and leaves out what is none", () => {
    expect(boxesOf("1,2,3,4 5,6,7,8 x,1,2,3 1,2")).toEqual([[1, 2, 3, 4], [5, 6, 7, 8]]);
    expect(boxesOf("")).toEqual([]);
  });

  it("shows the word in the middle of the frame", () => {
    const { scale, left, top } = cutTo([480, 490, 40, 20], PORTRAIT, FRAME);
    const high = (scale * PORTRAIT) / FRAME;
    expect(left + 0.5 * scale).toBeCloseTo(0.5);
    expect(top + 0.5 * high).toBeCloseTo(0.5);
    expect(scale).toBeGreaterThan(2);
  });

  it("never shows what is beside the page, and shows long words whole", () => {
    for (const box of [[0, 0, 40, 20], [960, 980, 40, 20], [0, 500, 1000, 20]] as const) {
      for (const ratio of [PORTRAIT, 0.5625, 0.2]) {
        const { scale, left, top } = cutTo(box, ratio, FRAME);
        expect(left).toBeLessThanOrEqual(0);
        expect(left + scale).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(top + (scale * ratio) / FRAME).toBeGreaterThanOrEqual(1 - 1e-9);
      }
    }
    expect(cutTo([0, 500, 1000, 20], PORTRAIT, FRAME).scale).toBe(1);
  });
});
