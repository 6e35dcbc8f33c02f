/** When the screen of a class leaves a lesson for the room's day, since nobody is there to press anything. Pure. */
import type { State } from "../../live/state.ts";

/** After an end the words on the screen are read, and an end by mistake is taken back. */
const AFTER_END_MS = 3 * 60_000;
/** So long past its planned end a lesson is waited for that nobody began, or whose lead went without ending it. */
const KEPT_AFTER_MS = 15 * 60_000;

export function isOver(state: State, plannedEnd: number, now: number): boolean {
  if (state.phase === "ended") return now - (state.ended_at ?? now) >= AFTER_END_MS;
  if (now < Math.max(plannedEnd, state.ends_at ?? 0) + KEPT_AFTER_MS) return false;
  return state.phase === "planned" || !("lead" in state.seats);
}
