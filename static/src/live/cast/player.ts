/**
 * The lead's sound and picture for a class that only watches: segments of two seconds, some seconds late.
 *
 * It begins by itself, waits while nothing is cast, and begins anew whenever it came to a stand. `moment` is the moment of
 * the lesson that is heard now, by which the board waits for the voice; Infinity while nothing is heard.
 */
import type Hls from "hls.js";

const LOOK_MS = 250;
const AGAIN_MS = 3_000;
/** So long without a new picture, and what is there is not worth waiting for; later it is begun anew. */
const STANDING_MS = 4_000;
const STUCK_MS = 12_000;

export type Standing = "coming" | "on" | "standing" | "held";

export class CastPlayer {
  standing: Standing = "coming";
  private hls: Hls | null = null;
  private looking: ReturnType<typeof setInterval> | undefined;
  private place = -1;
  private movedAt = performance.now();
  private isClosed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly changed: () => void,
  ) {
    this.looking = setInterval(() => this.look(), LOOK_MS);
    void this.begin();
  }

  /** The moment that is heard now, by the lesson's clock. */
  get moment(): number {
    return this.standing === "on" ? (this.hls?.playingDate?.getTime() ?? Infinity) : Infinity;
  }

  /** Seconds by which the lesson is ahead of what is heard; null while nothing is. */
  late(now: number): number | null {
    const { moment } = this;
    return moment === Infinity ? null : Math.max(0, Math.round((now - moment) / 1000));
  }

  /** Somebody touched the page: now sound may be let out. */
  open(): void {
    void this.play();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.looking);
    this.hls?.destroy();
    this.hls = null;
  }

  private async begin(): Promise<void> {
    this.movedAt = performance.now();
    try {
      const { default: HlsClass } = await import("hls.js/light");
      if (this.isClosed) return;
      this.hls?.destroy();
      const hls = new HlsClass({ enableWorker: false, liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 7, maxBufferLength: 20, backBufferLength: 30 });
      this.hls = hls;
      hls.on(HlsClass.Events.MANIFEST_PARSED, () => void this.play());
      hls.on(HlsClass.Events.ERROR, (_event, { fatal }) => fatal && this.again(hls));
      hls.loadSource(this.url);
      hls.attachMedia(this.video);
    } catch {
      setTimeout(() => !this.isClosed && void this.begin(), AGAIN_MS);
    }
  }

  /** Nothing is cast yet, or what was cast came to an end. */
  private again(hls: Hls): void {
    if (this.hls !== hls) return;
    hls.destroy();
    this.hls = null;
    setTimeout(() => !this.isClosed && !this.hls && void this.begin(), AGAIN_MS);
  }

  private async play(): Promise<void> {
    try {
      await this.video.play();
      if (this.standing === "held") this.become("coming");
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.become("held");
    }
  }

  private look(): void {
    const now = performance.now();
    if (this.video.currentTime !== this.place && this.video.readyState > 1) {
      this.place = this.video.currentTime;
      this.movedAt = now;
      if (!this.video.paused) this.become("on");
    }
    const forMs = now - this.movedAt;
    if (this.standing === "on" && forMs > STANDING_MS) this.become("standing");
    if (this.hls && this.standing !== "held" && forMs > STUCK_MS) void this.begin();
    this.changed();
  }

  private become(standing: Standing): void {
    this.standing = standing;
  }
}
