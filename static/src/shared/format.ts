/** Sizes, rates and times as people say them. Pure; rounding is always towards what is not too good to be true. */
import { t } from "./i18n";

/** 1536 → "1.5 KB"; decimal units as file managers in Chinese systems show them (1 KB = 1024). */
export function bytes(count: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Bytes a second → "1.2 MB/s". */
export function rate(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`;
}

/** Seconds → "不到 1 分钟", "约 4 分钟", "约 1 小时 20 分钟"; rounded up, in steps that do not flicker. */
export function timeLeft(seconds: number): string {
  if (seconds < 50) return t("under_a_minute");
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return t("minutes", { n: minutes > 20 ? Math.ceil(minutes / 5) * 5 : minutes });
  const hours = Math.floor(minutes / 60);
  const rest = Math.ceil((minutes % 60) / 10) * 10;
  if (rest === 60) return t("hours", { h: hours + 1 });
  return rest === 0 ? t("hours", { h: hours }) : t("hours_minutes", { h: hours, n: rest });
}

/** 754 → "12:34", 3754 → "1:02:34". */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** Share of a whole as a percentage that says 100 only when all is there. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return part >= whole ? 100 : Math.min(99, Math.floor((part / whole) * 100));
}
