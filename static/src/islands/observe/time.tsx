/** The second at which a note stands: of the recording, of the lesson, or since the observer began. */
import { useEffect, useState } from "preact/hooks";
import type { Kept } from "./store";
import type { Observation } from "./types";

export type Now = () => number;

let playing = 0;

/** Follow the player of this page. */
export function followPlayer(): () => void {
  const told = (event: Event): void => {
    playing = (event as CustomEvent<{ at_s: number }>).detail.at_s;
  };
  document.addEventListener("hub:time", told);
  return () => document.removeEventListener("hub:time", told);
}

export function secondOf(thing: Kept<Observation>, now = Date.now()): number {
  if (thing.data.what === "recording") return Math.floor(playing);
  const began = Number(thing.local?.["began"] ?? thing.data.started_at);
  return Math.max(0, Math.min(6 * 3600, Math.floor(((thing.data.ended_at ?? now) - began) / 1000)));
}

/** The moment to a part of a second, to measure waiting: of the recording as it plays, else of the device's clock. */
export function millisOf(thing: Kept<Observation>): number {
  return thing.data.what === "recording" ? Math.round(playing * 1000) : Date.now();
}

/** Redraws every quarter of a second, so that a clock runs and ticks are not late. */
export function useSecond(thing: Kept<Observation>): number {
  const [second, setSecond] = useState(() => secondOf(thing));
  useEffect(() => {
    const timer = setInterval(() => setSecond(secondOf(thing)), 250);
    return () => clearInterval(timer);
  }, [thing]);
  return second;
}

export function seek(second: number): void {
  document.dispatchEvent(new CustomEvent("hub:seek", { detail: { at_s: second } }));
}

export function togglePlayer(): void {
  document.dispatchEvent(new CustomEvent("hub:toggle"));
}
