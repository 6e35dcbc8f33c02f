/** Strokes come back as they were written, and lose only what nobody sees. */
import { expect, test } from "vitest";
import { decode, encode, type Pair } from "../../src/live/board";
import { isFar, simplify, texts, touches } from "../../src/live/strokes";

/** A hand that trembles, the same each time. */
function wandering(count: number, step: number): Pair[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const points: Pair[] = [];
  for (let at = 0, x = 1000, y = 500; at < count; at += 1) {
    x += Math.round((random() - 0.5) * step);
    y += Math.round((random() - 0.5) * step);
    points.push([x, y]);
  }
  return points;
}

test("points come back as they were", () => {
  const points: Pair[] = [[0, 0], [2000, 1125], [-5, 3], [-5, 3], ...wandering(500, 900)];
  expect(decode(encode(points))).toEqual(points);
  expect(encode(points)).toMatch(/^[?-~]+$/);
});

test("a text that was cut short ends with its last whole point", () => {
  const text = encode([[10, 10], [1500, 900]]);
  expect(decode(text.slice(0, -1))).toEqual([[10, 10]]);
});

test("points nearer than a hair are left out, and the stroke still ends where the hand did", () => {
  const points = wandering(400, 3);
  const kept = simplify(points);
  expect(kept.length).toBeLessThan(points.length / 2);
  expect(kept[kept.length - 1]).toEqual(points[points.length - 1]);
  for (let at = 1; at < kept.length - 1; at += 1) expect(isFar(kept[at - 1], kept[at]!)).toBe(true);
  expect(simplify([[3, 4], [3, 4]])).toEqual([[3, 4]]);
});

test("a long stroke goes in parts that the protocol takes, each beginning where the last ended", () => {
  const points = wandering(3_000, 900);
  const parts = texts(points);
  expect(parts.length).toBeGreaterThan(1);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(4_000);
  const back = parts.map(decode);
  for (let at = 1; at < back.length; at += 1) expect(back[at]![0]).toEqual(back[at - 1]![back[at - 1]!.length - 1]);
  expect(back.flatMap((part, at) => (at ? part.slice(1) : part))).toEqual(points);
});

test("an eraser meets the line between points, not the points alone", () => {
  const line: Pair[] = [[0, 0], [1000, 0]];
  expect(touches(line, [500, 8], 10)).toBe(true);
  expect(touches(line, [500, 12], 10)).toBe(false);
  expect(touches([[5, 5]], [5, 9], 4)).toBe(true);
});
