/** What the player remembers on this computer: data saver, speed, captions, loudness, what was chosen. */
import type { Choice } from "./types";

export interface Remembered {
  saver: boolean;
  rate: number;
  volume: number;
  muted: boolean;
  choice: Choice;
  /** Language of the captions, or null for none. */
  captions: string | null;
  largeCaptions: boolean;
}

const KEY = "hub.player";

interface SlowLine {
  saveData?: boolean;
  effectiveType?: string;
}

export function recall(): Remembered {
  const line = (navigator as Navigator & { connection?: SlowLine }).connection;
  const first: Remembered = {
    // A phone told to save data should not have to be told twice.
    saver: line?.saveData === true || /2g$/.test(line?.effectiveType ?? ""),
    rate: 1, volume: 1, muted: false, choice: "auto", captions: null, largeCaptions: false,
  };
  try {
    return { ...first, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Remembered>) };
  } catch {
    return first; // Storage is closed in private windows; the player works without a memory.
  }
}

export function remember(part: Partial<Remembered>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...part }));
  } catch {
    // See recall().
  }
}
