import { describe, expect, it } from "vitest";
import { momentOf } from "../src/islands/player/moment";
import { joined, PAGE, secondAt, secondsOf, type Segment } from "../src/islands/transcript/source";

const line = (position: number): Segment => ({ position, start_s: position, end_s: position + 1, text: "", words: [], revision: 0 });
const lines = (from: number, count: number): Segment[] => Array.from({ length: count }, (_, n) => line(from + n));

describe("addresses of moments", () => {
  it("names a second in every way people write it", () => {
    expect(["#t=93", "#t=1:33", "#t=1:02:33", "#x=1&t=5.5", "#t=0"].map(momentOf)).toEqual([93, 93, 3753, 5.5, 0]);
  });
  it("leaves every other address alone", () => {
    expect(["", "#", "#t=", "#t=-3", "#t=abc", "#at=5", "#t=5x", "#t=1:2:3:4"].map(momentOf)).toEqual(Array(8).fill(null));
  });
});

describe("times of chapters", () => {
  it("reads minutes and hours, also with a full-width colon", () => {
    expect(["40", "12:05", "12：05", " 1:02:05 "].map(secondsOf)).toEqual([40, 725, 725, 3725]);
    expect(["", "abc", "1:2:3:4", "-5", "1:"].map(secondsOf)).toEqual([null, null, null, null, null]);
  });
});

describe("pages of lines", () => {
  it("keeps five pages at most, those where one reads", () => {
    const shown = joined(lines(1, 5 * PAGE), lines(5 * PAGE + 1, PAGE), "after");
    expect([shown.length, shown[0]?.position]).toEqual([5 * PAGE, PAGE + 1]);
    const back = joined(shown, lines(1, PAGE), "before");
    expect([back.length, back[0]?.position]).toEqual([5 * PAGE, 1]);
  });
  it("shows no line twice", () => {
    expect(joined(lines(1, 3), lines(2, 3), "after").map((one) => one.position)).toEqual([1, 2, 3, 4]);
  });
});

describe("the second of a word", () => {
  const segment: Segment = { ...line(1), text: "use if 条件", words: [[1, 2, "use"], [2, 3, " if"], [3, 4, "条"], [4, 5, "件"]] };
  it("is that of the word under the cursor", () => {
    expect([0, 2, 4, 7, 8].map((place) => secondAt(segment, place))).toEqual([1, 1, 2, 3, 4]);
    expect(secondAt({ ...segment, words: [] }, 3)).toBe(1);
  });
});
