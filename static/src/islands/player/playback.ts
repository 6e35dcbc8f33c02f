/**
 * One <video> and whatever it plays now: the rungs, sound alone, speech beside slides, or the file
 * as it was uploaded. All four go through the same element, so that place, speed, loudness and
 * captions stay when one gives way to another.
 *
 * The rule: this class never decides what to play; `Session` does.
 */
import { rest } from "../../shared/api";
import type { Addresses } from "./addresses";
import { canFeed, fetchHls, Stream, type StreamEvents } from "./stream";
import type { Playing } from "./state";

/** Seconds until a lost chunk of code is asked for again. */
const CHUNK_AGAIN_S = 4;

export interface Source {
  playing: Exclude<Playing, "nothing">;
  /** The rendition's label for sound alone. */
  label: string | null;
}

export interface PlaybackEvents extends StreamEvents {
  /** The browser cannot play this source at all. */
  onUnplayable(source: Source): void;
}

export class Playback {
  private source: Source | null = null;
  private stream: Stream | null = null;
  private turn = 0;
  private admit: () => void = () => undefined;
  private readonly allowed = new Promise<void>((resolve) => (this.admit = resolve));
  private startAt = 0;
  private rate = 1;
  private wantsPlay = false;
  private isOpen = false;
  private renewals = 0;
  private held: string | null = null;
  private cap: string | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly addresses: Addresses,
    private readonly events: PlaybackEvents,
  ) {
    video.addEventListener("loadedmetadata", this.arrived);
    video.addEventListener("error", this.failed);
    video.addEventListener("playing", this.running);
  }

  /** Where we are, also before anything was loaded. */
  get at(): number {
    return this.isOpen ? this.video.currentTime : this.startAt;
  }

  /** Play `source` from `at` on; loads media only when playing was asked for. */
  async use(source: Source, at: number): Promise<void> {
    const turn = (this.turn += 1);
    this.close();
    this.source = source;
    this.startAt = at;
    if (this.isStreamed(source) && canFeed()) {
      await this.allowed;
      const HlsClass = await fetchHls().catch(() => null);
      if (turn !== this.turn) return;
      if (HlsClass === null) {
        this.events.onLost();
        await rest(CHUNK_AGAIN_S);
        return turn === this.turn ? this.use(source, this.startAt) : undefined;
      }
      this.openStream(HlsClass, source);
    }
    if (this.wantsPlay && turn === this.turn) this.go();
  }

  /** The page has been painted: code and playlists may be fetched now. */
  allow(): void {
    this.admit();
  }

  play(): void {
    this.allow();
    this.wantsPlay = true;
    this.go();
  }

  pause(): void {
    this.wantsPlay = false;
    this.video.pause();
  }

  seek(at: number): void {
    if (this.isOpen) this.video.currentTime = at;
    else this.startAt = at;
  }

  setRate(rate: number): void {
    this.rate = rate;
    const video = this.video as HTMLVideoElement & { webkitPreservesPitch?: boolean; preservesPitch?: boolean };
    video.preservesPitch = true;
    video.webkitPreservesPitch = true;
    video.defaultPlaybackRate = rate;
    video.playbackRate = rate;
  }

  /** Hold one rung (null: the line decides) and go no higher than `cap` by itself. */
  steer(held: string | null, cap: string | null): void {
    const hasMoved = held !== this.held;
    this.held = held;
    this.cap = cap;
    this.stream?.limit(cap);
    this.stream?.hold(held);
    if (hasMoved && this.stream === null && this.isOpen && this.source?.playing === "ladder") this.reopen();
  }

  destroy(): void {
    this.turn += 1;
    this.close();
    this.video.removeEventListener("loadedmetadata", this.arrived);
    this.video.removeEventListener("error", this.failed);
    this.video.removeEventListener("playing", this.running);
  }

  private isStreamed(source: Source): boolean {
    return source.playing === "ladder" || (source.playing === "audio" && source.label !== null) ||
      (source.playing === "voice" && Boolean(this.addresses.media?.voice?.label));
  }

  private openStream(HlsClass: Awaited<ReturnType<typeof fetchHls>>, source: Source): void {
    const label = source.playing === "voice" ? (this.addresses.media?.voice?.label ?? null) : source.label;
    this.stream = new Stream(HlsClass, this.video, this.addresses, label, this.events);
    if (source.playing !== "ladder") return;
    this.stream.limit(this.cap);
    if (this.held !== null) this.stream.hold(this.held);
  }

  private go(): void {
    if (this.source === null) return;
    if (!this.isOpen) this.open();
    // A refusal by the browser leaves the button to be pressed again; a change of source cuts the promise.
    void this.video.play()?.catch(() => undefined);
  }

  private open(): void {
    if (this.stream) {
      this.isOpen = true;
      this.stream.start(this.startAt);
      this.setRate(this.rate);
      return;
    }
    if (this.source && this.isStreamed(this.source) && canFeed()) return; // hls.js is still on its way.
    const url = this.directAddress();
    if (url === null) return;
    this.isOpen = true;
    if (!this.addresses.isFresh) {
      this.renewAndReopen();
      return;
    }
    this.video.src = url;
    this.setRate(this.rate);
  }

  private directAddress(): string | null {
    const { media, resource } = this.addresses;
    switch (this.source?.playing) {
      case "ladder":
        return this.addresses.of(this.held === null ? { kind: "master" } : { kind: "playlist", label: this.held });
      case "audio":
        return this.source.label === null ? null : this.addresses.of({ kind: "playlist", label: this.source.label });
      case "voice": {
        const label = media?.voice?.label;
        return label ? this.addresses.of({ kind: "playlist", label }) : (media?.voice?.url ?? null);
      }
      case "file":
        return resource.files?.find((file) => file.filename === this.source?.label)?.url ?? null;
      default:
        return null;
    }
  }

  private close(): void {
    this.stream?.destroy();
    this.stream = null;
    this.isOpen = false;
    this.renewals = 0;
    if (this.video.hasAttribute("src")) {
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  /** Take a new address for the same thing, at the same place. */
  private reopen(): void {
    const url = this.directAddress();
    if (url === null) return;
    this.startAt = this.video.currentTime || this.startAt;
    this.video.src = url;
    this.setRate(this.rate);
    if (this.wantsPlay) void this.video.play()?.catch(() => undefined);
  }

  private renewAndReopen(): void {
    this.addresses.renew().then(() => this.reopen(), () => this.events.onLost());
  }

  private readonly arrived = (): void => {
    if (this.stream === null && this.startAt > 0) this.video.currentTime = this.startAt;
    this.setRate(this.rate);
  };

  private readonly running = (): void => {
    this.renewals = 0;
    this.stream?.widen();
  };

  private readonly failed = (): void => {
    // hls.js mends its own errors; without a source (closing) there is nothing to mend.
    if (this.stream !== null || this.source === null || !this.video.hasAttribute("src")) return;
    this.startAt = this.video.currentTime || this.startAt;
    const isNetwork = this.video.error?.code === MediaError.MEDIA_ERR_NETWORK;
    this.renewals += 1;
    // The commonest cause is an address older than an hour, also when it is called "unsupported".
    if (this.renewals <= 2) this.renewAndReopen();
    else if (isNetwork) this.events.onLost();
    else this.events.onUnplayable(this.source);
  };
}
