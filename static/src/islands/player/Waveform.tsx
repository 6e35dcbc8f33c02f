/** Loudness over time above the bar, for recordings that are only heard: silence and speech are seen. */
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { Again } from "./retry";
import type { Session } from "./session";

interface Wave {
  duration_s: number;
  /** 0 to 100, evenly spread over the whole length. */
  peaks: number[];
}

export function Waveform({ session }: { session: Session }) {
  const [wave, setWave] = useState<Wave | null>(null);
  useEffect(() => {
    let isOver = false;
    const ask = (): void =>
      void session.addresses.read(() => session.resource.media?.waveform).then(
        ({ text }) => isOver || setWave(JSON.parse(text) as Wave),
        // An ornament: one that is not there is not asked for for ever.
        (error: unknown) => isOver || (error instanceof ApiError && !error.isPassing) || again.later(),
      );
    const again = new Again(ask);
    ask();
    return () => {
      isOver = true;
      again.stop();
    };
  }, [session]);
  if (wave === null || wave.peaks.length === 0) return null;
  return (
    <svg class="player-wave" viewBox={`0 0 ${wave.peaks.length} 100`} preserveAspectRatio="none" aria-hidden="true">
      <path d={outline(wave.peaks)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

export function outline(peaks: readonly number[]): string {
  return `M0 100${peaks.map((peak, index) => `L${index + 0.5} ${100 - Math.min(100, Math.max(0, peak))}`).join("")}L${peaks.length} 100Z`;
}
