/** The slide that belongs to the second being heard; the next one is fetched before it is due. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Again } from "./retry";
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
      key={urls.round}
      class="player-still"
      src={urls.of(still)}
      alt={t("slide_position", { n: index + 1, total: stills.length })}
      title={t("still_at", { at: clockTime(still.at_s) })}
      onLoad={() => urls.again.worked()}
      onError={() => urls.again.later()}
    />
  );
}

/**
 * Renewed addresses name the same picture: keep the one that is shown, or it would be fetched again.
 * A picture that did not come begins a new round, with an element and an address of its own.
 */
function useSteadyUrls(session: Session): { round: number; again: Again; of(still: Still): string } {
  const kept = useRef(new Map<number, string>());
  const [round, setRound] = useState(0);
  const again = useMemo(() => {
    const anew = (): void => {
      kept.current.clear();
      setRound((before) => before + 1);
    };
    return new Again(() => void session.addresses.renew().then(anew, () => again.later()));
  }, [session]);
  useEffect(() => () => again.stop(), [again]);
  return {
    round,
    again,
    of(still) {
      const known = kept.current.get(still.at_s) ?? still.url;
      kept.current.set(still.at_s, known);
      return known;
    },
  };
}
