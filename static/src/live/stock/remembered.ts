/**
 * What a room's screen remembers of its lesson, so that a reload without a line shows the page where it was.
 *
 * Only what is shown is kept: the page with its ink, and whether the lesson is on. Rule: it is shown while nobody
 * answers, never counted on: the first answer of the server replaces it whole.
 */
import { newState, type State } from "../state";
import { canKeep, keepList, list } from "./shelf";

export interface Remembered {
  state: State;
  /** When the server was last heard, by this device's clock. */
  heardAt: number;
}

const EVERY_MS = 1_000;

export class Memory {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The page and the phase that were put away last. */
  private place = "";

  constructor(private readonly lesson: string) {}

  recall(): Promise<Remembered | null> {
    return list<Remembered>(this.lesson, "state").catch(() => null);
  }

  /** Remember the state that just came: at once when another page is shown, ink once a second. */
  take(state: State): void {
    if (!canKeep()) return;
    const place = `${state.phase} ${state.slide?.deck}/${state.slide?.page}`;
    if (place !== this.place) {
      this.place = place;
      this.put(state);
    } else {
      this.timer ??= setTimeout(() => this.put(state), EVERY_MS);
    }
  }

  private put(state: State): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void keepList(this.lesson, "state", { state: shownOf(state), heardAt: Date.now() }).catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.timer);
  }
}

function shownOf(state: State): State {
  const { phase, started_at, ended_at, ends_at, slide } = state;
  const page = slide ? `${slide.deck}/${slide.page}` : "";
  return { ...newState(state.lesson), phase, started_at, ended_at, ends_at, slide, pages: state.pages[page] ? { [page]: state.pages[page] } : {} };
}
