/**
 * One running hls.js on one <video>: how it is tuned for thin lines, and its events in our words.
 *
 * hls.js is a chunk of its own, fetched after the first paint; `fetchHls` is called early so that
 * it is there when play is pressed.
 */
import type Hls from "hls.js";
import type { Addresses } from "./addresses";
import { renewingLoader } from "./loader";
import { labelOf, MASTER, placeOf, playlistName } from "./playlists";
import { Again } from "./retry";
import type { Rung } from "./state";

type HlsClass = typeof Hls;

let arriving: Promise<HlsClass> | null = null;

export function fetchHls(): Promise<HlsClass> {
  arriving ??= import("hls.js/light").then(
    (module) => module.default,
    (error: unknown) => {
      arriving = null; // A lost chunk is asked for again at the next try.
      throw error;
    },
  );
  return arriving;
}

/** True where scripts may feed the picture; elsewhere (iPhone) the system plays HLS by itself. */
export function canFeed(): boolean {
  const page = globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource };
  const source = page.ManagedMediaSource ?? page.MediaSource;
  return typeof source?.isTypeSupported === "function" && source.isTypeSupported('video/mp4; codecs="avc1.4D401E,mp4a.40.2"');
}

export interface StreamEvents {
  /** `hasFallen`: the line got slower and a lighter rung was taken by itself. */
  onRung(rung: Rung, hasFallen: boolean): void;
  onLost(): void;
  onFound(): void;
  onBroken(): void;
}

/** Seconds loaded ahead before the first picture has played for a while, and after. */
const AHEAD_FIRST_S = 10;
const AHEAD_S = 30;

export class Stream {
  private readonly hls: Hls;
  private readonly again = new Again(() => this.resume());
  private isStarted = false;
  private isLost = false;
  private hasLoaded = false;
  private startAt = 0;
  private mended = 0;
  private sizes: ResizeObserver | null = null;
  private wanted: string | null = null;
  private cap: string | null = null;
  private loading = -1;
  private fallenTo: string | null = null;

  constructor(
    private readonly HlsClass: HlsClass,
    private readonly video: HTMLVideoElement,
    private readonly addresses: Addresses,
    /** One sound rendition, or null for all rungs. */
    private readonly label: string | null,
    private readonly events: StreamEvents,
  ) {
    this.hls = new HlsClass({
      autoStartLoad: false,
      // The page's policy allows no blob workers, and fragmented MP4 needs no repackaging.
      enableWorker: false,
      loader: renewingLoader(HlsClass.DefaultConfig.loader, addresses),
      startLevel: 0,
      // Before anything was measured a poor line is assumed; up slowly, down at once.
      abrEwmaDefaultEstimate: 300_000,
      abrBandWidthFactor: 0.8,
      abrBandWidthUpFactor: 0.6,
      maxBufferLength: AHEAD_FIRST_S,
      maxMaxBufferLength: 60,
      maxBufferSize: 20 * 1000 * 1000,
      backBufferLength: 60,
      // Rungs of different frame rates meet with a gap of up to 0.2 s; it is skipped, not loaded anew.
      maxBufferHole: 0.25,
      fragLoadPolicy: {
        default: {
          maxTimeToFirstByteMs: 15_000,
          maxLoadTimeMs: 60_000,
          // Few tries in silence: after them the loss is told and tried again by ourselves.
          timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
          errorRetry: { maxNumRetry: 2, retryDelayMs: 1000, maxRetryDelayMs: 4000 },
        },
      },
    });
    this.listen();
    if (typeof ResizeObserver === "function") {
      this.sizes = new ResizeObserver(this.fit);
      this.sizes.observe(video);
    }
    this.hls.attachMedia(video);
    this.hls.loadSource(label === null ? MASTER : playlistName(label));
  }

  /** Begin to load at `at`; before this nothing but playlists is fetched. */
  start(at: number): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.startFrom(at);
  }

  /** Begin elsewhere, as long as nothing has come yet. */
  move(at: number): void {
    if (this.isStarted && !this.hasLoaded) this.startFrom(at);
  }

  /** Take up at once what was lost, when something was. */
  retry(): void {
    if (this.isLost) this.again.now();
  }

  private startFrom(at: number): void {
    this.startAt = at;
    // When the master is still on its way hls.js forgets the argument but reads its settings.
    this.hls.config.startPosition = at;
    this.hls.startLoad(at);
  }

  /** Hold one rung, or null to let the line decide. */
  hold(label: string | null): void {
    this.wanted = label;
    const index = label === null ? -1 : this.indexOf(label);
    if (this.hls.levels.length === 0 || (label !== null && index < 0)) return;
    if (!this.isStarted) this.hls.startLevel = Math.max(0, index);
    if (index < 0) this.hls.loadLevel = -1;
    // Better pictures at once; lighter ones after what is already here has been seen.
    else if (this.isStarted && index > this.hls.currentLevel) this.hls.nextLevel = index;
    else this.hls.loadLevel = index;
  }

  /** Never load above this rung by itself; null leaves only the size of the picture as a limit. */
  limit(label: string | null): void {
    this.cap = label;
    this.fit();
  }

  destroy(): void {
    this.again.stop();
    this.sizes?.disconnect();
    this.hls.destroy();
  }

  /**
   * Put the limit where both the wish and the picture's size on the screen hold. The limit of hls.js
   * itself throws away what was loaded whenever the size changes, which a slow line cannot afford.
   */
  private readonly fit = (): void => {
    const { levels } = this.hls;
    const needed = Math.min(this.video.clientHeight, this.video.clientWidth) * Math.min(2, devicePixelRatio || 1);
    const enough = levels.findIndex((level) => Math.min(level.height, level.width) >= needed);
    const wished = this.cap === null ? -1 : this.indexOf(this.cap);
    const limits = [enough, wished].filter((index) => index >= 0);
    this.hls.autoLevelCapping = limits.length > 0 ? Math.min(...limits) : -1;
  };

  private indexOf(label: string): number {
    return this.hls.levels.findIndex((level) => this.labelAt(level.url[0] ?? "") === label);
  }

  private labelAt(url: string): string {
    const place = placeOf(url);
    return place && place.kind !== "master" ? place.label : labelOf(url);
  }

  private listen(): void {
    const { Events, ErrorTypes } = this.HlsClass;
    this.hls.on(Events.MANIFEST_PARSED, () => {
      this.fit();
      if (this.wanted !== null) this.hold(this.wanted);
    });
    this.hls.on(Events.LEVEL_SWITCHING, (_event, { level }) => {
      // At the limit it was the limit that changed (data saver, size of the picture), not the line.
      const isByItself = this.hls.autoLevelEnabled && level !== this.hls.autoLevelCapping;
      const falls = isByItself && level < this.loading;
      this.loading = level;
      this.fallenTo = falls ? this.labelAt(this.hls.levels[level]?.url[0] ?? "") : null;
    });
    this.hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => {
      const found = this.hls.levels[level];
      if (!found || this.label !== null) return;
      const rung = { label: this.labelAt(found.url[0] ?? ""), side: Math.min(found.width, found.height) };
      // Going back in time may show an old rung that is still loaded: the line has nothing to do with it.
      const hasFallen = this.fallenTo === rung.label;
      if (hasFallen) this.fallenTo = null;
      this.events.onRung(rung, hasFallen);
    });
    this.hls.on(Events.FRAG_BUFFERED, () => {
      this.hasLoaded = true;
      this.isLost = false;
      if (this.again.worked()) this.events.onFound();
    });
    this.hls.on(Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === ErrorTypes.NETWORK_ERROR) this.lost();
      else this.damaged();
    });
  }

  /** The picture has been running: load further ahead, so that a gap in the line is not seen. */
  widen(): void {
    this.hls.config.maxBufferLength = AHEAD_S;
  }

  private lost(): void {
    this.isLost = true;
    if (this.addresses.refusal !== null) return; // Told already; nothing comes by waiting.
    this.events.onLost();
    this.again.later();
  }

  private resume(): void {
    if (this.hls.levels.length === 0) this.hls.loadSource(this.label === null ? MASTER : playlistName(this.label));
    // Before its first piece hls.js does not know of any place to go on from.
    if (this.isStarted) this.hls.startLoad(this.hasLoaded ? -1 : this.startAt);
  }

  private damaged(): void {
    this.mended += 1;
    if (this.mended > 2) this.events.onBroken();
    else this.hls.recoverMediaError();
  }
}
