import { describe, expect, it } from "vitest";
import { putBefore, step } from "../src/islands/arrange/order";

const order = ["a", "b", "c", "d"];

describe("the order of a collection", () => {
  it("puts a work before another one, or at the end", () => {
    expect(putBefore(order, "d", "b")).toEqual(["a", "d", "b", "c"]);
    expect(putBefore(order, "a", null)).toEqual(["b", "c", "d", "a"]);
  });
  it("changes nothing for what is not there or already in place", () => {
    expect(putBefore(order, "x", "b")).toEqual(order);
    expect(putBefore(order, "b", "b")).toEqual(order);
    expect(putBefore(order, "b", "x")).toEqual(order);
  });
  it("steps past one neighbour and stops at the ends", () => {
    expect(step(order, "b", -1)).toEqual(["b", "a", "c", "d"]);
    expect(step(order, "b", 1)).toEqual(["a", "c", "b", "d"]);
    expect(step(order, "a", -1)).toEqual(order);
    expect(step(order, "d", 1)).toEqual(order);
  });
});
