/** Words of the page of a room's device, and its times in the district's zone, whatever the device is set to. */
import { locale, texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));

const language = locale === "en" ? "en-GB" : "zh-CN";

export function timeOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(at);
}

export function dayOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long", timeZone: zone }).format(at);
}

export function shortDayOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat(language, { month: "long", day: "numeric", timeZone: zone }).format(at);
}

/** "还有 1 小时 20 分钟". */
export function leftWords(minutes: number): string {
  if (minutes < 60) return t("left_minutes", { n: minutes });
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest ? t("left_both", { h: hours, n: rest }) : t("left_hours", { h: hours });
}
