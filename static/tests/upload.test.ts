import { expect, test } from "vitest";
import { AddressBook } from "../src/islands/upload/engine/addresses";
import { Digester } from "../src/islands/upload/engine/digest";
import { Ledger } from "../src/islands/upload/engine/ledger";
import { lanesFor, Meter, patience } from "../src/islands/upload/engine/meter";
import { checkOrder, cleanName, isMd5, missingParts, partCount, plainEtag, spanOf } from "../src/islands/upload/engine/parts";
import { emptyForm, restored, suggestedFields, wrote } from "../src/islands/upload/form";
import { splitKeywords, suggestKind, suggestTitle } from "../src/islands/upload/suggest";

const MD5 = "9e107d9d372bb6826bd81d3542a419d6";
const MIB = 1 << 20;

test("parts cover a file without gap or overlap", () => {
  for (const size of [1, 5 * MIB, 5 * MIB + 1, 27 * MIB]) {
    const spans = Array.from({ length: partCount(size, 5 * MIB) }, (_, index) => spanOf(index + 1, size, 5 * MIB));
    expect(spans[0]?.start).toBe(0);
    expect(spans[spans.length - 1]?.end).toBe(size);
    spans.slice(1).forEach((span, index) => expect(span.start).toBe(spans[index]?.end));
  }
});

test("a part of the wrong size counts as missing", () => {
  expect(missingParts(12, 5, new Map([[1, { size: 5 }], [2, { size: 4 }]]))).toEqual([2, 3]);
});

test("an etag is compared without quotes, and only when it is an MD5", () => {
  expect(plainEtag(`"${MD5.toUpperCase()}"`)).toBe(MD5);
  expect([isMd5(MD5), isMd5(`${MD5}-3`), isMd5("")]).toEqual([true, false, false]);
});

test("a chosen name is compared as the server keeps it", () => {
  expect(cleanName("C:\\课\\ 分数\u202e  的\t认识.mp4")).toBe("分数 的认识.mp4");
  const long = cleanName(`${"课".repeat(300)}.mp4`);
  expect([[...long].length, long.endsWith("课.mp4")]).toEqual([255, true]);
  expect(cleanName(`${"课".repeat(200)}.mp4`)).toBe(`${"课".repeat(200)}.mp4`);
});

test("stored parts are checked from both ends first", () => {
  expect(checkOrder([3, 1, 2, 5, 4])).toEqual([1, 5, 2, 3, 4]);
});

test("what was proved stays proved while storage says the same", () => {
  const ledger = new Ledger(12);
  ledger.learn(5, []);
  ledger.add(1, MD5);
  ledger.learn(5, [{ number: 1, size: 5, etag: `"${MD5}"` }, { number: 2, size: 5, etag: MD5 }, { number: 9, size: 5, etag: MD5 }]);
  expect(ledger.unproven().map((part) => part.number)).toEqual([2]);
  expect([ledger.missing(), ledger.bytes]).toEqual([[3], 10]);
  ledger.learn(5, [{ number: 1, size: 5, etag: MD5.replace("9", "8") }]);
  expect(ledger.unproven().map((part) => part.number)).toEqual([1]);
  ledger.doubt();
  expect(ledger.unproven()).toHaveLength(1);
});

test("the receipt lists parts in order", () => {
  const ledger = new Ledger(10);
  ledger.learn(5, []);
  ledger.add(2, MD5);
  ledger.add(1, MD5);
  expect(ledger.receipt().map((part) => part.number)).toEqual([1, 2]);
});

test("what we know of parts stays when the server joins them and tells their ETags no more", () => {
  const ledger = new Ledger(10);
  ledger.learn(5, []);
  ledger.add(1, MD5);
  ledger.add(2, MD5);
  const joined = [{ number: 1, size: 5, etag: "" }, { number: 2, size: 5, etag: "" }];
  ledger.learn(5, joined);
  expect([ledger.missing(), ledger.unproven(), ledger.receipt().map((part) => part.etag)]).toEqual([[], [], [MD5, MD5]]);
  const fresh = new Ledger(10);
  fresh.learn(5, joined);
  expect([fresh.missing(), fresh.receipt()]).toEqual([[], []]);
});

test("bytes are hashed in the page where there is no worker", async () => {
  const digester = new Digester();
  expect(await digester.md5(new Blob(["The quick brown fox jumps over the lazy dog"]))).toBe(MD5);
  expect(await digester.md5(new Blob([new Uint8Array(5 * MIB)]))).toBe("5f363e0e58a95f06cbe9bbc662c5dfb6");
});

test("the rate is that of the last fifteen seconds, silence included", () => {
  const meter = new Meter();
  expect(meter.rate(0)).toBeNull();
  for (let second = 0; second <= 30; second += 1) meter.note(second < 15 ? second * 1000 : 15_000 + (second - 15) * 100, second);
  expect(meter.rate(30)).toBeCloseTo(100, -1);
  expect(meter.rate(37)).toBeLessThan(100);
  expect(meter.rate(60)).toBe(0);
});

test("one part at a time below two megabits a second or when unknown, three above", () => {
  expect([null, 10_000, 249_999, 250_000, 10_000_000].map(lanesFor)).toEqual([1, 1, 1, 3, 3]);
});

test("a slow line is given the time a part needs", () => {
  expect(patience(5 * MIB, 8_000)).toBeGreaterThan((5 * MIB) / 8_000);
  expect(patience(5 * MIB, 10_000_000)).toBe(60);
});

test("addresses are asked once for several parts and again after they were refused", async () => {
  const asked: number[][] = [];
  const book = new AddressBook(async (numbers) => {
    asked.push(numbers);
    return numbers.map((number) => ({ number, url: `u${number}-${asked.length}` }));
  });
  const [one, two] = await Promise.all([book.of(1, () => [1, 2, 3]), book.of(2, () => [1, 2, 3])]);
  expect([one, two, asked]).toEqual(["u1-1", "u2-1", [[1, 2, 3]]]);
  book.clear();
  expect(await book.of(3, () => [3])).toBe("u3-2");
});

test("titles come from names without dates, copies and suffixes", () => {
  expect(suggestTitle(["20260901-色彩的冷与暖 教案-最终版.docx"])).toBe("色彩的冷与暖 教案");
  expect(suggestTitle(["分数折纸任务单(1).pdf"])).toBe("分数折纸任务单");
});

test("a pack is named after the first file that says more than its kind", () => {
  expect(suggestTitle(["课堂实录.mp4", "色彩的冷与暖 教案.docx"])).toBe("色彩的冷与暖");
});

test("the kind follows names, then suffixes, and several make a pack", () => {
  expect([["色彩.pptx"], ["说课稿.docx"], ["a.mp4", "b.pptx"], ["x.zip"]].map(suggestKind)).toEqual(["slides", "lesson_talk", "lesson_pack", null]);
});

test("keywords are split at any mark, at most eight, each once", () => {
  expect(splitKeywords("色彩、冷暖 颜料,色彩;a b c d e f g")).toEqual(["色彩", "冷暖", "颜料", "a", "b", "c", "d", "e"]);
});

test("what a person wrote is never overwritten by a suggestion", () => {
  const [first, changed] = suggestedFields(emptyForm({ licence: "L3" }), { title: "猜的", kind: "slides" });
  expect(changed).toEqual({ title: "猜的", kind: "slides" });
  const [second, more] = suggestedFields(wrote(first, "title", "我写的"), { title: "又猜", kind: "lesson_pack" });
  expect([second.values.title, more, [...second.suggested]]).toEqual(["我写的", { kind: "lesson_pack" }, ["kind"]]);
});

test("words kept in this browser win over what the server has", () => {
  const state = restored(emptyForm({}), { title: "服务器", keywords: ["一", "二"], summary: null }, { title: "断网时写的" });
  expect([state.values.title, state.values.keywords, state.values.summary]).toEqual(["断网时写的", "一、二", ""]);
});

test("what is typed while a draft is on its way here stays", () => {
  const typed = wrote(emptyForm({}), "title", "正在写的");
  const state = restored(typed, { title: "服务器", summary: "早先的简介" }, { title: "更早的", keywords: "色彩" });
  expect([state.values.title, state.values.summary, state.values.keywords]).toEqual(["正在写的", "早先的简介", "色彩"]);
});
