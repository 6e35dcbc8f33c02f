/** The line that tells whether the files of the coming lessons are on this device; it lets them be fetched. */
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "../../shared/format";
import { Stocker, type Stocked } from "../../live/stock/stocker";
import { t } from "./words";

const TONES = { ready: "ok", fetching: "busy", missing: "danger", disk_full: "danger", unsupported: "warn", none: "" } as const;

interface StockLineProps {
  /** A lesson is on. */
  isBusy: boolean;
  /** The line is needed for a moment: a rehearsal. */
  isHeld: boolean;
}

export function StockLine({ isBusy, isHeld }: StockLineProps) {
  const [stocked, tell] = useState<Stocked | null>(null);
  const busy = useRef(isBusy);
  busy.current = isBusy || isHeld;
  useEffect(() => new Stocker({ isBusy: () => busy.current, told: tell }).start(), []);
  if (!stocked || stocked.state === "none") return null;
  return <p class={`day-stock state state-${TONES[stocked.state]}`} role="status">{wordsOf(stocked, isBusy, isHeld)}</p>;
}

function wordsOf({ state, lackingBytes, broken }: Stocked, isBusy: boolean, isHeld: boolean): string {
  const size = bytes(lackingBytes);
  if (state === "ready") return t("stock_ready");
  if (state === "disk_full") return t("stock_full", { size });
  if (state === "unsupported") return t("stock_unsupported");
  if (state === "missing") return t("stock_broken", { n: broken });
  // Files that are not measured yet have no size.
  if (lackingBytes === 0) return t("stock_preparing");
  return t(isBusy ? "stock_busy" : isHeld ? "stock_held" : "stock_fetching", { size });
}
