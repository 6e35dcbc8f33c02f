/** The line that tells of a rehearsal while it goes on; nobody has to do anything for it. */
import { useEffect, useState } from "preact/hooks";
import { dayOf, t, timeOf } from "./words";
import type { Rehearsal, RoomDay } from "./when";

/** A rehearsal that did not come through is tried again when the day is asked for so long after. */
const AGAIN_MS = 5 * 60_000;

interface RehearsalLineProps {
  day: RoomDay;
  /** A lesson calls, or nothing is heard of the server. */
  isBusy: boolean;
  /** Told whether it goes on: nothing else should take the line then. */
  onRun: (isRunning: boolean) => void;
}

export function RehearsalLine({ day, isBusy, onRun }: RehearsalLineProps) {
  const [left, tell] = useState<number | null>(null);
  useEffect(() => onRun(left !== null), [left !== null]);
  const wanted = isBusy ? undefined : day.rehearsal?.lesson;
  useEffect(() => {
    if (!wanted) return;
    const ending = new AbortController();
    const begin = async (): Promise<void> => {
      const { rehearse } = await import("../../live/rehearsal/rehearse");
      await rehearse(wanted, (seconds) => !ending.signal.aborted && tell(seconds), ending.signal);
    };
    let again: ReturnType<typeof setTimeout> | undefined;
    const go = (): void => {
      tell(0);
      begin()
        .catch((error: unknown) => {
          console.info("the rehearsal was not kept", error);
          again = setTimeout(go, AGAIN_MS);
        })
        .finally(() => tell(null));
    };
    go();
    return () => {
      ending.abort();
      clearTimeout(again);
    };
  }, [wanted]);
  if (left === null || !day.rehearsal) return null;
  return <p class="day-rehearsal state state-busy" role="status">{wordsOf(day.rehearsal, day.zone, left)}</p>;
}

function wordsOf({ subject, starts_at }: Rehearsal, zone: string, left: number): string {
  const words = { subject, when: `${dayOf(starts_at, zone)} ${timeOf(starts_at, zone)}`, n: left };
  return t(left ? "rehearsing_left" : "rehearsing", words);
}
