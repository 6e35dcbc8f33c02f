/** What a room fetches, in which pieces and how fast, what it keeps, and what it says of it. */
import { describe, expect, it } from "vitest";
import { bytesHeld, expendable, stateOf, wanted } from "../../src/live/stock/inventory.ts";
import { requestBytes, restMs, shareAt } from "../../src/live/stock/pace.ts";
import { chain, covered, lacking, type Part } from "../../src/live/stock/parts.ts";
import { decksOf, picturesOf } from "../../src/live/stock/pictures.ts";
import { rangeOf } from "../../src/live/stock/ranges.ts";
import type { Stock, StockFile } from "../../src/live/stock/types.ts";

const file = (sha256: string, bytes = 100, page: number | null = 1, width: number | null = 480): StockFile => ({
  sha256, bytes, media_type: "image/webp", piece: page === null ? "micro_lesson" : "page", deck: "ast_1", page, width,
});

const stock = (lesson: string, files: StockFile[], is_whole = true): Stock => ({
  lesson, mark: "m", is_whole, total_bytes: 0, files, decks: [{ id: "ast_1", title: "课件", pages: [{ number: 1, width: 1600, height: 900 }] }], plan: null,
});

describe("the parts of a file", () => {
  it("go on where a cut left them, and fill holes", () => {
    expect(lacking([], 100, 40)).toEqual({ from: 0, to: 40 });
    expect(lacking([{ from: 0, to: 33 }], 100, 40)).toEqual({ from: 33, to: 73 });
    expect(lacking([{ from: 50, to: 100 }, { from: 0, to: 33 }], 100, 40)).toEqual({ from: 33, to: 50 });
    expect(lacking([{ from: 0, to: 60 }, { from: 50, to: 100 }], 100, 40)).toBeNull();
  });
  it("bring a file that is cut at any byte whole without fetching a byte twice", () => {
    const parts: Part[] = [];
    let fetched = 0;
    for (let cut = 1, next = lacking(parts, 10_000, 700); next; cut += 1, next = lacking(parts, 10_000, 700)) {
      const came = Math.min(next.to - next.from, 1 + ((cut * 37) % 800));
      parts.push({ from: next.from, to: next.from + came });
      fetched += came;
    }
    expect([fetched, covered(parts)]).toEqual([10_000, 10_000]);
  });
  it("are counted once and joined once where they overlap", () => {
    const parts = [{ from: 30, to: 80 }, { from: 0, to: 50 }, { from: 40, to: 60 }];
    expect(covered(parts)).toBe(80);
    expect(chain(parts)).toEqual([{ part: { from: 0, to: 50 }, skip: 0 }, { part: { from: 30, to: 80 }, skip: 20 }]);
  });
});

describe("the pace", () => {
  it("leaves most of the line to the school by day and takes it at night", () => {
    expect(restMs(4_000, 16_000, shareAt(10))).toBe(6_000);
    expect(restMs(4_000, 16_000, shareAt(2))).toBe(444);
    expect(restMs(4_000, 16_000, shareAt(22))).toBe(444);
  });
  it("asks for as much as the line carries in a few seconds", () => {
    expect([null, 4_000, 100_000, 9_000_000].map(requestBytes)).toEqual([65_536, 65_536, 400_000, 1_048_576]);
  });
  it("leaves a line alone that carries hardly a lesson", () => {
    expect(restMs(20_000, 3_200, shareAt(2))).toBe(60_000);
  });
});

describe("the inventory", () => {
  const first = stock("les_1", [file("a"), file("b", 200, 1, 1600)]);
  const second = stock("les_2", [file("b", 200, 3), file("c", 50, null, null)]);
  it("wants each file once, those of the next lesson first", () => {
    expect(wanted([first, second], new Set(["a"])).map((one) => [one.file.sha256, one.lesson])).toEqual([["b", "les_1"], ["c", "les_2"]]);
  });
  it("counts parts, and what looks alike once", () => {
    const twice = stock("les_3", [file("a", 100, 1), file("a", 100, 2), file("b", 200)]);
    expect(bytesHeld(twice, new Set(["a"]), new Map([["b", [{ from: 0, to: 30 }]]]))).toBe(130);
  });
  it("lets go only of what no lesson needs", () => {
    expect(expendable(["a", "b", "c", "z"], [second])).toEqual(["a", "z"]);
    expect(expendable(["a"], [])).toEqual(["a"]);
  });
  it("is ready with every file of a stock that is whole, and never before", () => {
    expect(stateOf(first, new Set(["a", "b"]), null)).toBe("ready");
    expect(stateOf(first, new Set(["a", "b"]), "disk_full")).toBe("ready");
    expect(stateOf(stock("les_1", first.files, false), new Set(["a", "b"]), null)).toBe("fetching");
    expect(stateOf(first, new Set(["a"]), "disk_full")).toBe("disk_full");
    expect(stateOf(first, new Set(["a"]), "broken")).toBe("missing");
  });
  it("shows the pages that are here and names those that are not", () => {
    expect([...picturesOf(first, new Set(["a", "b"]))]).toEqual([["ast_1/1", [{ width: 480, url: "/live/stock/a" }, { width: 1600, url: "/live/stock/b" }]]]);
    expect(picturesOf(first, new Set()).size).toBe(0);
    expect(decksOf(first)[0]?.pages).toEqual([{ number: 1, width: 1600, height: 900, images: [] }]);
    expect(decksOf(null)).toEqual([]);
  });
});

describe("a range", () => {
  it.each([
    [null, null],
    ["bytes=0-", { from: 0, to: 99 }],
    ["bytes=10-19", { from: 10, to: 19 }],
    ["bytes=90-500", { from: 90, to: 99 }],
    ["bytes=-5", { from: 95, to: 99 }],
    ["bytes=-500", { from: 0, to: 99 }],
    ["bytes=100-", "beyond"],
    ["bytes=20-10", "beyond"],
    ["bytes=0-1,4-5", null],
    ["bytes=-", null],
  ])("%s is %o of a hundred bytes", (header, found) => {
    expect(rangeOf(header, 100)).toEqual(found);
  });
});
