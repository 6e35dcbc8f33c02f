/** Every pair of text and ground that the sheets use is readable (WCAG AA: 4.5, large parts 3). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = readFileSync(new URL("../src/styles/tokens.scss", import.meta.url), "utf8");

function theme(name: string): Record<string, string> {
  const body = new RegExp(`\\$${name}-theme: \\(([^)]*)\\)`).exec(source)?.[1] ?? "";
  return Object.fromEntries([...body.matchAll(/([\w-]+): (#[0-9a-f]{6})/g)].map((pair) => [pair[1], pair[2]]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT_ON: [string, string[]][] = [
  ["ink", ["paper", "surface", "sunken", "mark", "primary-soft", "ok-soft", "warn-soft", "danger-soft", "info-soft"]],
  ["muted", ["paper", "surface", "sunken"]],
  ["primary", ["paper", "surface", "sunken"]],
  ["primary-strong", ["paper", "surface", "primary-soft"]],
  ["on-primary", ["primary", "primary-strong"]],
  ["ok", ["paper", "surface"]],
  ["warn", ["paper", "surface"]],
  ["danger", ["paper", "surface", "danger-soft"]],
  ["info", ["paper", "surface"]],
  ["live", ["paper", "surface"]],
];

test.each(["light", "dark"])("every text of the %s theme can be read on its ground", (name) => {
  const colours = theme(name);
  const poor = TEXT_ON.flatMap(([text, grounds]) =>
    grounds
      .map((ground) => ({ pair: `${text} on ${ground}`, is: contrast(colours[text] as string, colours[ground] as string) }))
      .filter(({ is }) => is < 4.5),
  );
  expect(poor).toEqual([]);
});

test.each(["light", "dark"])("edges of fields in the %s theme stand out from their ground", (name) => {
  const colours = theme(name);
  for (const ground of ["paper", "surface"]) {
    expect(contrast(colours["line-strong"] as string, colours[ground] as string)).toBeGreaterThanOrEqual(3);
  }
});
