/** Chinese and English of each dictionary name the same things and fill the same places. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fill } from "../src/shared/i18n";

const root = new URL("../src", import.meta.url).pathname;
const folders = [join(root, "shared"), join(root, "live"), ...readdirSync(join(root, "islands")).map((noun) => join(root, "islands", noun))].filter((folder) =>
  readdirSync(folder).includes("zh.json"),
);
const read = (folder: string, name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, string>;
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

test.each(folders)("%s says the same in both languages", (folder) => {
  const [zh, en] = [read(folder, "zh.json"), read(folder, "en.json")];
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) expect([key, places(en[key] ?? "")]).toEqual([key, places(text)]);
});

test("no sentence shouts", () => {
  for (const folder of folders) {
    for (const name of ["zh.json", "en.json"]) expect(Object.values(read(folder, name)).filter((text) => /[!!]/.test(text))).toEqual([]);
  }
});

test("places are filled and unknown ones are left to be seen", () => {
  expect(fill("还有 {n} 个,{left}", { n: 3 })).toBe("还有 3 个,{left}");
});
