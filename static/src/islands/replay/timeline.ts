/**
 * From a second of the recording to the moment of the lesson, and the lesson's state at that moment. Pure; the mapping is
 * the twin of `Timeline` in resource_hub/recordings/rules.py.
 */
import { fold, newState, type Fact, type State } from "../../live/state.ts";

export interface Placed {
  /** When a session began, milliseconds since 1970. */
  at_ms: number;
  /** From which second of the recording it plays, and for how long. */
  start_s: number;
  length_s: number;
}

/** The moment of the lesson that plays at a second. */
export function momentOf(placed: readonly Placed[], second: number): number {
  let playing = placed[0];
  if (!playing) return 0;
  for (const piece of placed) if (piece.start_s <= second) playing = piece;
  return playing.at_ms + Math.round((Math.max(second, 0) - playing.start_s) * 1000);
}

/** The facts of a lesson, folded up to any moment: a step forward costs what is new, a step back is folded from the beginning. */
export class Past {
  state: State;
  private next = 0;

  constructor(
    private readonly lesson: string,
    private readonly facts: readonly Fact[],
  ) {
    this.state = newState(lesson);
  }

  /** Go to a moment; returns whether anything is different there. */
  go(moment: number): boolean {
    const isBack = this.next > 0 && this.facts[this.next - 1]!.at > moment;
    if (isBack) {
      this.state = newState(this.lesson);
      this.next = 0;
    }
    const from = this.next;
    while (this.next < this.facts.length && this.facts[this.next]!.at <= moment) this.next += 1;
    if (this.next === from) return isBack;
    fold(this.state, this.facts.slice(from, this.next));
    return true;
  }
}
