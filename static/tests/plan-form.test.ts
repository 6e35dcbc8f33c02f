/** Text areas and blocks: what is not changed comes back as it was, what is written becomes runs. */
import { describe, expect, it } from "vitest";
import { isEmpty, minutesOf, moved, periodsOf } from "../src/islands/plan-form/plan";
import { read, written } from "../src/islands/plan-form/text";

describe("a text of a plan in a text area", () => {
  const rich = [
    { runs: [{ text: "先", bold: true }, { text: "折 " }, { formula: "\\frac{1}{2}" }] },
    { type: "numbered" as const, runs: [{ text: "一" }] },
    { type: "numbered" as const, runs: [{ text: "二" }] },
    { type: "picture" as const, asset: "ast_1", alt: "折纸" },
  ];

  it("keeps every block that was not touched", () => {
    const { value, pictures } = written(rich);
    expect(value).toBe("先折 $\\frac{1}{2}$\n1. 一\n2. 二\n〔图1：折纸〕");
    expect(read(value, rich, pictures)).toEqual(rich);
    expect(read(`新的一行\n${value}`, rich, pictures)).toEqual([{ runs: [{ text: "新的一行" }] }, ...rich]);
  });

  it("reads formulas, items and dollars that are none", () => {
    expect(read("- 算 $x^2$ 再算\n价格 3$\n\\$5 和 $y$", [], [])).toEqual([
      { type: "bullet", runs: [{ text: "算 " }, { formula: "x^2" }, { text: " 再算" }] },
      { runs: [{ text: "价格 3$" }] },
      { runs: [{ text: "$5 和 " }, { formula: "y" }] },
    ]);
  });

  it("takes a picture out with its line and lets its words be changed", () => {
    const { pictures } = written(rich);
    expect(read("只有字", rich, pictures)).toEqual([{ runs: [{ text: "只有字" }] }]);
    expect(read("〔图1：玉米叶〕", rich, pictures)).toEqual([{ type: "picture", asset: "ast_1", alt: "玉米叶" }]);
    expect(read("〔图7：别的〕", rich, pictures)).toEqual([]);
  });
});

describe("stages", () => {
  it("move within their ends", () => {
    const steps = [{ id: "a" }, { id: "b" }, { id: "c" }];
    expect(moved(steps, 2, 0).map((step) => step.id)).toEqual(["c", "a", "b"]);
    expect(moved(steps, 0, 9).map((step) => step.id)).toEqual(["b", "c", "a"]);
  });

  it("add their minutes up against the periods", () => {
    expect(minutesOf({ steps: [{ id: "a", minutes: 5 }, { id: "b" }, { id: "c", minutes: null }] })).toBe(5);
    expect(["", "两课时", "第2课时", "3 课时"].map((periods) => periodsOf({ periods }))).toEqual([1, 2, 1, 3]);
    expect(isEmpty({ title: "", steps: [{ id: "a", name: "", minutes: null }] })).toBe(true);
  });
});
