/** The one line of truth of each file: what is happening, what is safe, what to do. */
import { bytes, percent, rate, timeLeft } from "../../shared/format";
import type { Transfer } from "./engine/transfer";
import { t } from "./words";

export type Tone = "" | "ok" | "warn" | "danger" | "busy";

export interface Truth {
  words: string;
  tone: Tone;
}

export function truthOf(transfer: Transfer, now: number): Truth {
  const { phase } = transfer;
  const done = bytes(transfer.storedBytes);
  switch (phase.name) {
    case "checking":
      return { words: t("checking", { percent: Math.floor(phase.share * 100) }), tone: "busy" };
    case "sending":
      return { words: sending(transfer, now), tone: "busy" };
    case "held": {
      const seconds = Math.max(1, Math.ceil((phase.until - now) / 1000));
      return { words: t(`held_${phase.why}`, { done, seconds }), tone: "warn" };
    }
    case "paused":
      return { words: t("paused", { done }), tone: "" };
    case "unopened":
      return { words: t("unopened"), tone: "warn" };
    case "needs_file":
      return { words: t("needs_file", { done }), tone: "warn" };
    case "different":
      return { words: t("different", { chosen: phase.chosen }), tone: "danger" };
    case "refused":
    case "stuck":
      return { words: phase.message, tone: "danger" };
    case "expired":
      return { words: phase.message || t("expired"), tone: "warn" };
    case "unreadable":
      return { words: t("unreadable"), tone: "danger" };
    case "done":
      return { words: t("done"), tone: "ok" };
    default:
      return { words: t(phase.name), tone: phase.name === "waiting" ? "" : "busy" };
  }
}

function sending(transfer: Transfer, now: number): string {
  const speed = transfer.rate(now);
  if (speed === null) return t("sending_unknown");
  const left = transfer.secondsLeft(now);
  if (speed < 100 || left === null) return t("sending_still");
  return t("sending", { rate: rate(speed), left: timeLeft(left) });
}

/** "412 MB / 1.1 GB", or only the size when all or nothing is there. */
export function amountOf(transfer: Transfer): string {
  const gone = transfer.goneBytes;
  if (gone === 0 || gone >= transfer.size) return bytes(transfer.size);
  return `${bytes(gone)} / ${bytes(transfer.size)}`;
}

export function shareOf(transfer: Transfer): number {
  return percent(transfer.goneBytes, transfer.size);
}
