/** Tries what was lost again: after a while, longer each time, and at once when the network is back. */
import { backOff } from "../../shared/api";

export class Again {
  private failures = 0;
  private timer = 0;

  constructor(private readonly attempt: () => void) {}

  /** It failed: try again later. */
  later(retryAfterS: number | null = null): void {
    this.failures += 1;
    this.stop();
    this.timer = window.setTimeout(this.now, backOff(this.failures, retryAfterS) * 1000);
    addEventListener("online", this.now);
  }

  /** It worked; true when it had failed before. */
  worked(): boolean {
    const hadFailed = this.failures > 0;
    this.failures = 0;
    this.stop();
    return hadFailed;
  }

  stop(): void {
    clearTimeout(this.timer);
    removeEventListener("online", this.now);
  }

  readonly now = (): void => {
    this.stop();
    this.attempt();
  };
}
