/**
 * Words of the islands in the language of the page (`<html lang>`): Chinese is built in, English is
 * loaded only when asked for. Keys are checked by the compiler; `{name}` places are filled in.
 *
 * Each island keeps its own zh.json and en.json and calls `texts()` once; words that several islands
 * share are in shared/zh.json and reached by `t`.
 */
import zh from "./zh.json";

export type Places = Record<string, string | number>;
export type Translate<Key extends string> = (key: Key, places?: Places) => string;

const loading: Promise<unknown>[] = [];

export const locale: "zh" | "en" =
  typeof document !== "undefined" && document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** Fill the `{name}` places of `text`. */
export function fill(text: string, places: Places = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in places ? String(places[name]) : whole));
}

/** Return a `t` over `chinese`, which speaks English once `english` has come. */
export function texts<Words extends Record<string, string>>(
  chinese: Words,
  english: () => Promise<{ default: Record<string, string> }>,
): Translate<keyof Words & string> {
  let words: Record<string, string> = chinese;
  if (locale === "en") {
    // A lost dictionary leaves Chinese words, which is better than a page without any.
    loading.push(english().then((file) => (words = { ...chinese, ...file.default }), () => undefined));
  }
  return (key, places) => fill(words[key] ?? key, places);
}

/** Settled when every dictionary asked for so far has come or failed. */
export function whenTextsReady(): Promise<unknown> {
  return Promise.all(loading);
}

export const t = texts(zh, () => import("./en.json"));
