/**
 * The last answer about the room's day, kept over reloads, and how far the server's clock is from ours.
 *
 * A page may come from this device's own copy, with an answer as old as the copy: the newer of both counts.
 */
import type { RoomDay } from "./when.ts";

export interface Kept {
  day: RoomDay;
  /** What our clock showed when the answer came. */
  at: number;
}

const NAME = "hub.room-day";

/** What the server's clock shows, as far as the last answer tells. */
export function serverNow(kept: Kept, now = Date.now()): number {
  return kept.day.now + (now - kept.at);
}

/** The newer of what came with the page and what was kept of the same room. */
export function newest(given: RoomDay, kept: Kept | null, now = Date.now()): Kept {
  const isOurs = kept?.day.terminal === given.terminal;
  return kept && isOurs && kept.day.now >= given.now ? kept : { day: given, at: now };
}

export function load(storage: Storage = localStorage): Kept | null {
  try {
    return JSON.parse(storage.getItem(NAME) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

export function save(kept: Kept, storage: Storage = localStorage): void {
  try {
    storage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs only what a cut would show.
  }
}
