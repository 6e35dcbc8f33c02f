import { expect, test } from "vitest";
import { bytes, clockTime, percent, timeLeft } from "../src/shared/format";
import { backOff } from "../src/shared/api";

test("sizes are said with one figure after the point below a hundred", () => {
  expect([0, 1023, 1536, 10 * 1024 ** 3, 250 * 1024 ** 2].map(bytes)).toEqual(["0 B", "1023 B", "1.5 KB", "10.0 GB", "250 MB"]);
});

test("time left is rounded up and never to the second", () => {
  expect([10, 61, 239, 1500, 3600, 4900, 7190].map(timeLeft)).toEqual([
    "不到 1 分钟", "大约 2 分钟", "大约 4 分钟", "大约 25 分钟", "大约 1 小时", "大约 1 小时 30 分钟", "大约 2 小时",
  ]);
});

test("a hundred per cent is said only when all is there", () => {
  expect([percent(0, 10), percent(999, 1000), percent(10, 10), percent(1, 0)]).toEqual([0, 99, 100, 0]);
});

test("clock times have hours only when there are any", () => {
  expect([0, 754, 3754].map(clockTime)).toEqual(["0:00", "12:34", "1:02:34"]);
});

test("waits double up to half a minute and obey the server", () => {
  expect([1, 2, 3, 10].map((tries) => backOff(tries, null, 0.5))).toEqual([1, 2, 4, 30]);
  expect(backOff(1, 60, 0.5)).toBe(60);
});
