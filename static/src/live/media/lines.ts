/** Whom a device talks with, and on which rung a line begins. Pure; both ways of carrying a lesson ask here. */
import type { State } from "../state.ts";
import { limited, STEPS, type Ladder, type Rung } from "./ladder.ts";

export const STILL_RUNG = STEPS.findIndex((step) => step.rung === "still");
export const VILLAGE_TOP = STEPS.findIndex((step) => step.rung === "video360");

export interface Shown {
  /** Sound and picture of another room, or null when its line is not up. */
  stream?: (site: number, stream: MediaStream | null) => void;
  still?: (site: number, picture: Blob) => void;
  /** The rung of the way to a room, or (site 0) from the lead to here. */
  rung?: (site: number, rung: Rung) => void;
  /** Whether a room sends a moving picture now; a last frame that stays is none. */
  moving?: (site: number, isMoving: boolean) => void;
  line?: (site: number, state: RTCPeerConnectionState) => void;
}

/** The best rung of what a site sends. */
export function topOf(sender: number): number {
  return sender === 0 ? 0 : VILLAGE_TOP;
}

/** The sites with a device that has their sound, other than ours. */
export function farOf(state: State, site: number, device: string): Set<number> {
  return new Set(Object.keys(state.audio).map(Number).filter((other) => other !== site && state.audio[String(other)] !== device));
}

/** Whom this device talks with straight: the lead room's device with those of all others, theirs with it. */
export function partners(state: State, site: number, device: string): Map<string, number> {
  const found = new Map<string, number>();
  if (state.route === "sfu" || state.audio[String(site)] !== device) return found;
  for (const other of farOf(state, site, device)) if (site === 0 || other === 0) found.set(state.audio[String(other)]!, other);
  return found;
}

/** Where the line of a class begins: on the rung that was known last, or that its room check foretold; else in the middle. */
export function opening(state: State, village: number, top: number): number {
  const known = STEPS.findIndex((step) => step.rung === state.links[String(village)]?.rung);
  return Math.max(top, known < 0 ? VILLAGE_TOP : known);
}

/** The best rung that was chosen by hand for a class; 0 when nobody chose. */
export function limitOf(state: State, village: number): number {
  return Math.max(0, STEPS.findIndex((step) => step.rung === state.limits[String(village)]));
}

/** The ladder with another best rung: what is better is left at once, what becomes allowed is climbed as always. */
export function withTop(ladder: Ladder, top: number): Ladder {
  return top === ladder.top ? ladder : limited(ladder, top);
}
