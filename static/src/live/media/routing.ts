/**
 * By which route a lesson's sound and picture go, as the lead's device decides it.
 *
 * Two rooms talk straight. From three on they go through the forwarder where there is one that answers, else as a
 * star through the lead room. The decision is a fact, so that all rooms change over together and every page can say it.
 */
import type { LessonClient } from "../client.ts";
import { farOf } from "./lines.ts";

const MOST_FAILURES = 4;
const FIRST_RETRY_MS = 20_000;
const LAST_RETRY_MS = 320_000;

export class Routing {
  private failures = 0;
  private retryMs = FIRST_RETRY_MS;
  private fellAt = 0;
  private isAsking = false;

  constructor(
    private readonly client: LessonClient,
    private readonly site: number,
    private readonly forwards: boolean,
    private readonly isWatched = false,
  ) {}

  /** Call when the lesson's state changed. */
  follow(): void {
    const { state, device } = this.client;
    // Those who only watch have no device of their own: the lead sends for them all the same.
    if (!this.decides || state.route !== null || (farOf(state, 0, device).size < 2 && !this.isWatched)) return;
    this.choose(this.forwards ? "sfu" : "star");
  }

  /** Call now and then: a forwarder that is back is used again. */
  tick(): void {
    const { route } = this.client.state;
    if (!this.decides) return;
    if (route === "sfu" && !this.forwards) this.choose("star");
    if (route !== "star" || !this.forwards || this.isAsking || performance.now() - this.fellAt < this.retryMs) return;
    this.isAsking = true;
    this.client
      .ask("sfu:ask", {})
      .then(() => this.choose("sfu"))
      .catch(() => (this.fellAt = performance.now()))
      .finally(() => (this.isAsking = false));
  }

  worked(): void {
    this.failures = 0;
  }

  /** The way to the forwarder did not come up; `code` is the server's word, or empty when the way itself failed. */
  failed(code: string): void {
    this.failures += code === "no_forwarder" ? MOST_FAILURES : 1;
    if (!this.decides || this.failures < MOST_FAILURES) return;
    this.failures = 0;
    this.fellAt = performance.now();
    // A forwarder that answers and cannot be reached will not be reachable a moment later either.
    this.retryMs = code ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, this.retryMs * 2);
    this.choose("star");
  }

  private get decides(): boolean {
    const { state, device, line } = this.client;
    return this.site === 0 && line === "joined" && state.phase !== "ended" && state.audio["0"] === device;
  }

  private choose(via: "sfu" | "star"): void {
    const isOnItsWay = this.client.outbox.all().some((command) => command.name === "route:set");
    if (this.client.state.route !== via && !isOnItsWay) this.client.act("route:set", { via });
  }
}
