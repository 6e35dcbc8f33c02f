/**
 * Keeps where a person stopped, so that any computer goes on from there: every ten seconds while
 * playing, when it stops, and when the page is left. Silent: losing a place must not disturb a lesson.
 */
import { api } from "../../shared/api";

const EVERY_S = 10;
/** Nearer than this to an end there is nothing to resume. */
const MARGIN_S = 15;

export class PlaceKeeper {
  private saved = -1;
  private timer = 0;

  constructor(
    private readonly assetId: string | null,
    private readonly now: () => { at: number; mode: string; isMoving: boolean },
  ) {
    this.timer = window.setInterval(() => this.now().isMoving && this.keep(false), EVERY_S * 1000);
    addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.hide);
  }

  keep(isLeaving: boolean): void {
    const { at, mode } = this.now();
    if (this.assetId === null || at <= 0 || Math.abs(at - this.saved) < 1) return;
    this.saved = at;
    const body = { at_s: Math.round(at * 10) / 10, mode };
    api(`/api/v1/assets/${encodeURIComponent(this.assetId)}/position`, { method: "PUT", body, keepalive: isLeaving }).catch(
      () => (this.saved = -1),
    );
  }

  destroy(): void {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.hide);
    this.keep(true);
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
