/**
 * Rungs in words, and which of them may be used. Pure.
 *
 * Rungs go by the short side of the picture; lists run from the lightest to the heaviest.
 */
import type { Choice, Media, Rendition } from "./types";

/** The data saver never goes above this. */
export const SAVER_SIDE = 240;

export type RungWord = "rung_smooth" | "rung_clear" | "rung_high" | "rung_full";

export function side(rung: Pick<Rendition, "width" | "height">): number {
  return Math.min(rung.width ?? 0, rung.height ?? 0);
}

/** The key of the word for a rung: teachers know 流畅 and 清晰, not bit rates. */
export function rungWord(shortSide: number): RungWord {
  if (shortSide <= 300) return "rung_smooth";
  if (shortSide <= 560) return "rung_clear";
  if (shortSide <= 800) return "rung_high";
  return "rung_full";
}

export function videoRungs(media: Media | null): Rendition[] {
  const rungs = (media?.renditions ?? []).filter((one) => one.kind === "video");
  return rungs.sort((a, b) => side(a) - side(b) || (a.bitrate_kbps ?? 0) - (b.bitrate_kbps ?? 0));
}

/** The lightest rendition of sound alone. */
export function soundAlone(media: Media | null): Rendition | null {
  const sounds = (media?.renditions ?? []).filter((one) => one.kind === "audio");
  return sounds.sort((a, b) => (a.bitrate_kbps ?? 0) - (b.bitrate_kbps ?? 0))[0] ?? null;
}

/** True when there is something to stream, so that the original is no longer needed. */
export function hasLadder(media: Media | null): boolean {
  return Boolean(media?.hls) && (media?.renditions.length ?? 0) > 0;
}

/** The label of the highest rung the data saver allows; the lowest rung when all are above. */
export function saverLabel(media: Media | null): string | null {
  const rungs = videoRungs(media);
  const allowed = rungs.filter((rung) => side(rung) <= SAVER_SIDE);
  return (allowed[allowed.length - 1] ?? rungs[0])?.label ?? null;
}

/** `wanted` if the recording has it, else what comes nearest. */
export function possibleChoice(wanted: Choice, media: Media | null): Choice {
  const rungs = videoRungs(media);
  if (wanted === "voice") return media?.voice ? "voice" : "auto";
  if (rungs.length === 0 && soundAlone(media)) return "audio";
  if (wanted === "audio") return soundAlone(media) ? "audio" : "auto";
  if (wanted === "auto") return "auto";
  return rungs.some((rung) => wanted === `rung:${rung.label}`) ? wanted : "auto";
}

/** True when choosing `choice` goes above what the data saver allows. */
export function exceedsSaver(choice: Choice, media: Media | null): boolean {
  if (!choice.startsWith("rung:")) return false;
  const rung = videoRungs(media).find((one) => choice === `rung:${one.label}`);
  return rung !== undefined && rung.label !== saverLabel(media) && side(rung) > SAVER_SIDE;
}

/** Kilobits a second → megabytes a minute, the way people pay for it. */
export function megabytesPerMinute(kbps: number | null): string | null {
  if (!kbps) return null;
  const megabytes = (kbps * 60) / 8 / 1024;
  return megabytes >= 10 ? megabytes.toFixed(0) : megabytes.toFixed(1);
}
