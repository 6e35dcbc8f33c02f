/** Words of all pages of a lesson in the language of the page: the same thing has the same name on each. */
import { texts } from "../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));
export type Word = keyof typeof zh;

/** Milliseconds → "12:05"; never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long ago, as one says it in a lesson: seconds below a minute, then whole minutes. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? t("seconds", { n: seconds }) : t("minutes", { n: Math.floor(seconds / 60) });
}
