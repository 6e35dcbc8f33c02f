/**
 * One <video> and whatever it plays now: the rungs, sound alone, speech beside slides, or the file
 * as it was uploaded. All four go through the same element, so that place, speed, loudness and
 * captions stay when one gives way to another.
 *
 * The rule: this class never decides what to play; `Session` does.
 */
import { ApiError, rest } from "../../shared/api";
import type { Addresses } from "./addresses";
import { Again } from "./retry";
import { canFeed, fetchHls, Stream, type StreamEvents } from "./stream";
import type { Playing } from "./state";

/** Seconds until a lost chunk of code is asked for again. */
const CHUNK_AGAIN_S = 4;
/** A line can die without a word: no byte for this long, while one is waited for, counts as lost. */
const SILENCE_S = 10;
/** Opened this often within this time, although its bytes can be had, a source cannot be played. */
const MOST_OPENED = 2;
const OPENED_WITHIN_S = 60;

export interface Source {
  playing: Exclude<Playing, "nothing">;
  /** The rendition's label for sound alone. */
  label: string | null;
}

export interface PlaybackEvents extends StreamEvents {
  /** The browser cannot play this source at all. */
  onUnplayable(source: Source): void;
}

type HlsClass = Awaited<ReturnType<typeof fetchHls>>;

export class Playback {
  private source: Source | null = null;
  private stream: Stream | null = null;
  private turn = 0;
  private admit: () => void = () => undefined;
  private readonly allowed = new Promise<void>((resolve) => (this.admit = resolve));
  /** The place to begin at; it counts until the element itself has come there. */
  private startAt = 0;
  private isThere = false;
  private rate = 1;
  private wantsPlay = false;
  private isOpen = false;
  /** The element gave up what it was loading by itself, and waits for a new address. */
  private isDead = false;
  private isMending = false;
  private openings: number[] = [];
  private silenceTimer = 0;
  private readonly again = new Again(() => void this.mend());
  private held: string | null = null;
  private cap: string | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly addresses: Addresses,
    private readonly events: PlaybackEvents,
  ) {
    for (const [name, listener] of this.listeners) video.addEventListener(name, listener);
  }

  /** Where we are, also before anything was loaded and while what was lost is being looked for. */
  get at(): number {
    return this.isThere ? this.video.currentTime : this.startAt;
  }

  /** Play `source` from `at` on; loads media only when playing was asked for. */
  async use(source: Source, at: number): Promise<void> {
    const turn = (this.turn += 1);
    this.close();
    this.source = source;
    this.startAt = at;
    if (this.isStreamed(source) && canFeed()) {
      await this.allowed;
      const HlsClass = await this.fetchCode(turn);
      if (HlsClass === null) return;
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
    if (this.isThere || (this.stream !== null && this.video.readyState > 0)) {
      this.video.currentTime = at;
      return;
    }
    this.startAt = at;
    this.stream?.move(at);
  }

  /** Look at once for what was lost, instead of when its time comes. */
  retry(): void {
    if (this.isDead) this.again.now();
    this.stream?.retry();
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
    const hasMoved = (held ?? cap) !== (this.held ?? this.cap);
    this.held = held;
    this.cap = cap;
    this.stream?.limit(cap);
    this.stream?.hold(held);
    const isDirect = this.stream === null && this.isOpen && this.source?.playing === "ladder";
    if (hasMoved && isDirect && !this.isDead) this.reopen();
  }

  destroy(): void {
    this.turn += 1;
    this.close();
    for (const [name, listener] of this.listeners) this.video.removeEventListener(name, listener);
  }

  private isStreamed(source: Source): boolean {
    return source.playing === "ladder" || (source.playing === "audio" && source.label !== null) ||
      (source.playing === "voice" && Boolean(this.addresses.media?.voice?.label));
  }

  /** The code that streams, asked for until it comes; null when something else is to be played meanwhile. */
  private async fetchCode(turn: number): Promise<HlsClass | null> {
    for (let isLost = false; ; isLost = true) {
      const HlsClass = await fetchHls().catch(() => null);
      if (turn !== this.turn) return null;
      if (HlsClass !== null && isLost) this.events.onFound();
      if (HlsClass !== null) return HlsClass;
      this.events.onLost();
      await rest(CHUNK_AGAIN_S);
      if (turn !== this.turn) return null;
    }
  }

  private openStream(HlsClass: HlsClass, source: Source): void {
    const label = source.playing === "voice" ? (this.addresses.media?.voice?.label ?? null) : source.label;
    this.stream = new Stream(HlsClass, this.video, this.addresses, label, this.events);
    if (source.playing !== "ladder") return;
    this.stream.limit(this.cap);
    if (this.held !== null) this.stream.hold(this.held);
  }

  private go(): void {
    if (this.source === null) return;
    if (!this.isOpen) this.open();
    else this.retry();
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
    if (this.directAddress() === null) return;
    this.isOpen = true;
    if (this.addresses.isFresh) this.reopen();
    else this.die();
  }

  private directAddress(): string | null {
    const { media, resource } = this.addresses;
    switch (this.source?.playing) {
      case "ladder": {
        const label = this.held ?? this.cap;
        return this.addresses.of(label === null ? { kind: "master" } : { kind: "playlist", label });
      }
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

  /** Where the bytes themselves lie: behind the playlist, when there is one. */
  private bytesAddress(): string | null {
    const { media } = this.addresses;
    const label =
      this.source?.playing === "ladder" ? (this.held ?? this.cap ?? media?.renditions[0]?.label) : this.source?.playing === "audio" ? this.source.label : null;
    return label ? this.addresses.of({ kind: "object", label }) : this.directAddress();
  }

  private close(): void {
    this.again.worked();
    this.fed();
    this.stream?.destroy();
    this.stream = null;
    this.isOpen = this.isThere = this.isDead = this.isMending = false;
    this.openings = [];
    if (this.video.hasAttribute("src")) {
      this.video.removeAttribute("src");
      this.video.load();
    }
  }

  /** Open today's address of the same thing, at the same place. */
  private reopen(): void {
    const url = this.directAddress();
    if (url === null) return;
    this.startAt = this.at;
    this.isThere = this.isDead = false;
    this.video.src = url;
    this.setRate(this.rate);
    if (this.wantsPlay) void this.video.play()?.catch(() => undefined);
  }

  private die(): void {
    this.startAt = this.at;
    this.isThere = false;
    this.isDead = true;
    void this.mend();
  }

  /** Look for the bytes under a new address, and go on at the place once they are there. */
  private async mend(): Promise<void> {
    if (this.isMending) return;
    const { turn } = this;
    this.isMending = true;
    let problem: unknown = null;
    try {
      // The commonest cause is an address older than an hour, also when the browser calls it "unsupported".
      await this.addresses.renew();
      await reach(this.bytesAddress());
    } catch (error) {
      problem = error;
    }
    if (turn !== this.turn) return;
    this.isMending = false;
    if (!this.isDead) return; // It came back by itself.
    if (problem !== null) this.lost(problem);
    else this.openAgain();
  }

  private openAgain(): void {
    const now = performance.now() / 1000;
    this.openings = [...this.openings.filter((at) => now - at < OPENED_WITHIN_S), now];
    if (this.openings.length <= MOST_OPENED) this.reopen();
    else if (this.video.error?.code === MediaError.MEDIA_ERR_NETWORK) this.lost(null);
    else this.events.onUnplayable(this.source as Source);
  }

  private lost(problem: unknown): void {
    if (this.addresses.refusal !== null) return; // Told already; nothing comes by waiting.
    if (problem instanceof ApiError && !problem.isPassing) {
      this.events.onUnplayable(this.source as Source);
      return;
    }
    this.events.onLost();
    this.again.later(problem instanceof ApiError ? problem.retryAfterS : null);
  }

  private readonly arrived = (): void => {
    this.setRate(this.rate);
    // hls.js goes to the place by itself once the first piece is there.
    if (this.stream !== null && this.startAt > 0) return;
    if (this.startAt > 0) this.video.currentTime = this.startAt;
    this.isThere = true;
    if (this.again.worked()) this.events.onFound();
  };

  private readonly moved = (): void => {
    if (!this.isDead) this.isThere = this.isOpen;
  };

  private readonly running = (): void => {
    this.fed();
    this.isDead = false;
    this.isThere = true;
    if (this.stream === null && this.again.worked()) this.events.onFound();
    this.stream?.widen();
  };

  private readonly failed = (): void => {
    // hls.js mends its own errors; without a source (closing) there is nothing to mend.
    if (this.stream === null && this.source !== null && this.isOpen && !this.isDead) this.die();
  };

  private readonly starving = (): void => {
    if (this.stream !== null || this.silenceTimer !== 0) return;
    this.silenceTimer = window.setTimeout(() => {
      this.silenceTimer = 0;
      if (this.wantsPlay && !this.video.paused && this.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) this.failed();
    }, SILENCE_S * 1000);
  };

  private readonly fed = (): void => {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = 0;
  };

  private readonly listeners: readonly [string, () => void][] = [
    ["loadedmetadata", this.arrived], ["seeking", this.moved], ["playing", this.running], ["error", this.failed],
    ["waiting", this.starving], ["stalled", this.starving], ["progress", this.fed],
  ];
}

/** Raise unless the bytes behind `address` can be had. */
async function reach(address: string | null): Promise<void> {
  if (address === null) throw new ApiError("", 404, "no_address");
  const reply = await fetch(address, { headers: { Range: "bytes=0-1" }, credentials: "same-origin", cache: "no-store" });
  void reply.body?.cancel();
  if (!reply.ok) throw new ApiError(address, reply.status, "not_reached", {}, null, Number(reply.headers.get("Retry-After")) || null);
}
