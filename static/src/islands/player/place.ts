/**
 * Keeps where a person stopped, so that any computer goes on from there: every ten seconds while
 * playing, when it stops, and when the page is left. Silent: losing a place must not disturb a lesson.
 * A place that the hub did not take (signed out, no line) waits on this computer for the next time.
 */
import { api, ApiError } from "../../shared/api";
import { owedPlace, owePlace, type OwedPlace } from "./memory";

const EVERY_S = 10;
/** Nearer than this to an end there is nothing to resume. */
const MARGIN_S = 15;

export class PlaceKeeper {
  /** What the hub did not take when this recording was watched last. */
  readonly owed: OwedPlace | null;
  private saved = -1;
  private timer = 0;
  private hasFailed = false;

  constructor(
    private readonly assetId: string | null,
    private readonly now: () => { at: number; mode: string; isMoving: boolean },
  ) {
    this.owed = assetId === null ? null : owedPlace(assetId);
    this.settle();
    this.timer = window.setInterval(() => this.now().isMoving && this.keep(false), EVERY_S * 1000);
    addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.hide);
  }

  keep(isLeaving: boolean): void {
    const { at, mode } = this.now();
    if (this.assetId === null || at <= 0 || Math.abs(at - this.saved) < 1) return;
    this.saved = at;
    void this.send(this.assetId, { at_s: Math.round(at * 10) / 10, mode }, isLeaving);
  }

  /** Bring to the hub what it did not take before. */
  settle(): void {
    const owed = this.assetId === null ? null : owedPlace(this.assetId);
    if (this.assetId !== null && owed !== null) void this.send(this.assetId, owed, false);
  }

  destroy(): void {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.hide);
    this.keep(true);
  }

  private async send(assetId: string, place: OwedPlace, isLeaving: boolean): Promise<void> {
    // Nobody hears the answer of a request that outlives its page.
    if (isLeaving && this.hasFailed) owePlace(assetId, place);
    try {
      await api(`/api/v1/assets/${encodeURIComponent(assetId)}/position`, { method: "PUT", body: place, keepalive: isLeaving });
      this.hasFailed = false;
      owePlace(assetId, null);
    } catch (error) {
      this.saved = -1;
      this.hasFailed = error instanceof ApiError && (error.isPassing || error.status === 401);
      owePlace(assetId, this.hasFailed ? place : null);
    }
  }

  // Phones end hidden pages without a pagehide.
  private readonly hide = (): void => {
    if (document.visibilityState === "hidden") this.keep(true);
  };

  private readonly leave = (): void => this.keep(true);
}

/** The second to offer for going on, or null when starting anew is as good. */
export function resumePlace(position: number | null | undefined, duration: number | null): number | null {
  if (!position || position < MARGIN_S) return null;
  return duration && position > duration - MARGIN_S ? null : position;
}

/** `/media/as_12/master.m3u8?t=…` → `as_12`: for replies that do not name the asset. */
export function assetOf(hls: string | null | undefined): string | null {
  return /\/media\/([^/?#]+)\//.exec(hls ?? "")?.[1] ?? null;
}
