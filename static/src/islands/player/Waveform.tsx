/** Loudness over time above the bar, for recordings that are only heard: silence and speech are seen. */
import { useEffect, useState } from "preact/hooks";

interface Wave {
  duration_s: number;
  /** 0 to 100, evenly spread over the whole length. */
  peaks: number[];
}

export function Waveform({ address }: { address: string }) {
  const [wave, setWave] = useState<Wave | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    fetch(address, { credentials: "same-origin", signal: stop.signal })
      .then(async (reply) => reply.ok && setWave((await reply.json()) as Wave))
      .catch(() => undefined); // An ornament: without it the bar works the same.
    return () => stop.abort();
  }, []);
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
