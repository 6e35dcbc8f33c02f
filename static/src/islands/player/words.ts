/** The player's words in the language of the page. */
import { texts } from "../../shared/i18n";
import { rungWord, side } from "./rungs";
import type { Rung } from "./state";
import type { Choice, Media, Rendition } from "./types";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));

export function rungName(rung: Pick<Rendition, "width" | "height">): string {
  const short = side(rung);
  return t("rung_named", { word: t(rungWord(short)), side: short });
}

/** What is playing now, for the button that opens the settings. */
export function choiceName(choice: Choice, rung: Rung | null, media: Media | null): string {
  if (choice === "audio") return t("audio_only");
  if (choice === "voice") return t("voice");
  if (choice === "auto") {
    return rung ? t("quality_now", { word: t(rungWord(rung.side)), side: rung.side }) : t("quality_auto");
  }
  const held = media?.renditions.find((one) => choice === `rung:${one.label}`);
  return held ? rungName(held) : t("quality_auto");
}
