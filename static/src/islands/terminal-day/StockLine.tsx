/** The line that tells whether the files of the coming lessons are on this device; it lets them be fetched. */
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "../../shared/format";
import { Stocker, type Stocked } from "../../live/stock/stocker";
import { t } from "./words";

const TONES = { ready: "ok", fetching: "busy", missing: "danger", disk_full: "danger", unsupported: "warn", none: "" } as const;

export function StockLine({ isBusy }: { isBusy: boolean }) {
  const [stocked, tell] = useState<Stocked | null>(null);
  const busy = useRef(isBusy);
  busy.current = isBusy;
  useEffect(() => new Stocker({ isBusy: () => busy.current, told: tell }).start(), []);
  if (!stocked || stocked.state === "none") return null;
  return <p class={`day-stock state state-${TONES[stocked.state]}`} role="status">{wordsOf(stocked, isBusy)}</p>;
}

function wordsOf({ state, lackingBytes, broken }: Stocked, isBusy: boolean): string {
  const size = bytes(lackingBytes);
  if (state === "ready") return t("stock_ready");
  if (state === "disk_full") return t("stock_full", { size });
  if (state === "unsupported") return t("stock_unsupported");
  if (state === "missing") return t("stock_broken", { n: broken });
  // Files that are not measured yet have no size.
  if (lackingBytes === 0) return t("stock_preparing");
  return t(isBusy ? "stock_busy" : "stock_fetching", { size });
}
