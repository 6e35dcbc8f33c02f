/** Follows the room's day: asks every half minute and when the line is back, and says when nothing is heard. */
import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "../../shared/api";
import { load, newest, save, type Kept } from "./kept";
import type { RoomDay } from "./when";

const ASK_MS = 30_000;
const PATIENCE_MS = 10_000;

export interface Followed extends Kept {
  /** An answer came since this page was opened. */
  isHeard: boolean;
  isCut: boolean;
}

export function useDay(given: RoomDay): Followed {
  const [followed, follow] = useState<Followed>(() => ({ ...newest(given, load()), isHeard: false, isCut: false }));
  useEffect(() => {
    save(followed);
    let isOver = false;
    const ask = async (): Promise<void> => {
      const found = await answer();
      if (isOver) return;
      if (found) save(found);
      follow((old) => (found ? { ...found, isHeard: true, isCut: false } : { ...old, isCut: true }));
    };
    const timer = setInterval(() => void ask(), ASK_MS);
    const again = (): void => void (document.visibilityState === "visible" && ask());
    addEventListener("online", again);
    document.addEventListener("visibilitychange", again);
    void ask();
    return () => {
      isOver = true;
      clearInterval(timer);
      removeEventListener("online", again);
      document.removeEventListener("visibilitychange", again);
    };
  }, []);
  return followed;
}

/** The server's answer, or null when it was not reached. */
async function answer(): Promise<Kept | null> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const day = await api<RoomDay>("/api/v1/rooms/today", { signal: patience.signal });
    return { day, at: Date.now() };
  } catch (error) {
    // This device is no room's any more: its page has the form for a new code.
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) location.reload();
    return null;
  } finally {
    clearTimeout(timer);
  }
}
