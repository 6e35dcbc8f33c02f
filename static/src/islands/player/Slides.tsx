/** The slide that belongs to the second being heard; the next one is fetched before it is due. */
import { useEffect, useRef } from "preact/hooks";
import { clockTime } from "../../shared/format";
import type { Session } from "./session";
import { lastBefore } from "./storyboard";
import type { Still } from "./types";
import { t } from "./words";

export function Slides({ session }: { session: Session }) {
  const stills = session.resource.media?.voice?.stills ?? [];
  const index = Math.max(0, lastBefore(stills, session.state.at + 0.1, (still) => still.at_s));
  const urls = useSteadyUrls(session);
  const next = stills[index + 1];
  useEffect(() => {
    if (next) new Image().src = urls.of(next);
  }, [next?.at_s]);
  const still = stills[index];
  if (!still) return null;
  return (
    <img
      class="player-still"
      src={urls.of(still)}
      alt={t("slide_position", { n: index + 1, total: stills.length })}
      title={t("still_at", { at: clockTime(still.at_s) })}
      onError={() => urls.failed(still)}
    />
  );
}

/** Renewed addresses name the same picture: keep the one that is shown, or it would be fetched again. */
function useSteadyUrls(session: Session): { of(still: Still): string; failed(still: Still): void } {
  const kept = useRef(new Map<number, string>());
  const tried = useRef(new Set<number>());
  return {
    of(still) {
      const known = kept.current.get(still.at_s) ?? still.url;
      kept.current.set(still.at_s, known);
      return known;
    },
    failed(still) {
      if (tried.current.has(still.at_s)) return;
      tried.current.add(still.at_s);
      kept.current.clear();
      void session.addresses.renew().catch(() => undefined);
    },
  };
}
