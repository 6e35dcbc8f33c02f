import { describe, expect, it } from "vitest";
import { isWorthAsking, moved } from "../src/islands/search/choice";

describe("the list of suggestions", () => {
  it("is walked by arrow keys and leads back to what was typed", () => {
    expect(moved("ArrowDown", -1, 3)).toBe(0);
    expect(moved("ArrowDown", 2, 3)).toBe(-1);
    expect(moved("ArrowUp", -1, 3)).toBe(2);
    expect(moved("ArrowUp", 0, 3)).toBe(-1);
  });

  it("leaves other keys, and an empty list, to the box", () => {
    expect(moved("Enter", 1, 3)).toBeNull();
    expect(moved("ArrowDown", -1, 0)).toBeNull();
  });

  it("asks for new words only, and never while an input method composes", () => {
    expect(isWorthAsking("分数", "", false)).toBe(true);
    expect(isWorthAsking(" 分数 ", "分数", false)).toBe(false);
    expect(isWorthAsking("fenshu", "", true)).toBe(false);
    expect(isWorthAsking("  ", "", false)).toBe(false);
  });
});
