/**
 * When each class last did something and how often it had its turn, for the one quiet line of the lead.
 *
 * The state does not tell it (a hand that was lowered is gone), so it is gathered from facts as they come and
 * kept in the tab's storage over a reload. Counts are of turns, never of pupils.
 */
import { siteOf } from "./props";
import type { Fact, State } from "./state";

interface Kept {
  spoke: Record<number, number>;
  turns: Record<number, number>;
  left: Record<string, number>;
  seen: Record<string, true>;
}

const BY_SEAT = new Set(["hand:raised", "buzz:pressed", "stroke:drawn", "photo:added", "poll:answered", "mood:counted", "ticket:counted"]);
const PREFIX = "hub-lesson-turns:";

export class Activity {
  private kept: Kept = { spoke: {}, turns: {}, left: {}, seen: {} };

  constructor(private readonly lesson: string) {
    try {
      this.kept = { ...this.kept, ...JSON.parse(sessionStorage.getItem(PREFIX + lesson) ?? "{}") };
    } catch {
      // Refused or broken: counted from now on.
    }
  }

  /** When the class last did something; 0 when that is not known. */
  spokeAt(site: number): number {
    return this.kept.spoke[site] ?? 0;
  }

  /** How often the class was called or stood on the stage. */
  turns(site: number): number {
    return this.kept.turns[site] ?? 0;
  }

  /** When the last device of that seat left; 0 when it is there, or not known. */
  leftAt(seat: string): number {
    return this.kept.left[seat] ?? 0;
  }

  /** Whether somebody of that class has been in the lesson. */
  wasSeen(site: number, state: State): boolean {
    const key = String(site);
    const traces = key in state.heads || key in state.links || key in state.media || this.spokeAt(site) > 0;
    return traces || this.kept.seen[`class:${site}`] === true || this.kept.seen[`assist:${site}`] === true;
  }

  /** Take what a whole state shows, after it was replaced. */
  seed(state: State): void {
    for (const hand of state.hands) this.speak(hand.site, hand.at);
    for (const press of state.buzz?.presses ?? []) this.speak(press.site, press.at);
    for (const photo of state.photos) this.speak(photo.site, photo.at);
    if (state.stage) this.speak(state.stage.site, state.stage.at);
    for (const [site, mood] of Object.entries(state.moods)) this.speak(Number(site), mood.at);
    for (const poll of Object.values(state.polls)) {
      for (const site of Object.keys(poll.answers)) this.speak(Number(site), poll.at);
    }
    for (const seat of Object.keys(state.seats)) this.come(seat);
    this.keep();
  }

  /** Take facts; `state` holds them already. */
  take(facts: readonly Fact[], state: State): void {
    for (const fact of facts) this.takeOne(fact, state);
    this.keep();
  }

  private takeOne(fact: Fact, state: State): void {
    const { type, data, at } = fact;
    const own = siteOf(fact.by);
    if (BY_SEAT.has(type) && own !== null) this.speak(typeof data["site"] === "number" ? data["site"] : own, at);
    if (type === "stage:changed" && typeof data["site"] === "number") {
      this.speak(data["site"], at);
      this.count(data["site"]);
    }
    if (type === "hand:called") {
      const hand = state.hands.find((one) => one.id === data["hand"]);
      if (hand) this.count(hand.site);
    }
    if (type === "seat:joined") this.come(String(data["seat"]));
    if (type === "seat:left" && !state.seats[String(data["seat"])]) this.kept.left[String(data["seat"])] = at;
  }

  private come(seat: string): void {
    delete this.kept.left[seat];
    this.kept.seen[seat] = true;
  }

  private speak(site: number, at: number): void {
    this.kept.spoke[site] = Math.max(this.spokeAt(site), at);
  }

  private count(site: number): void {
    this.kept.turns[site] = this.turns(site) + 1;
  }

  private keep(): void {
    try {
      sessionStorage.setItem(PREFIX + this.lesson, JSON.stringify(this.kept));
    } catch {
      // Full or refused: the page itself still has it.
    }
  }
}
