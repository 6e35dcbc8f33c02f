/**
 * One recording being watched: holds the state, decides what is played, and carries out what the
 * controls ask. Components read `state` and call verbs; they never touch the <video> for playing.
 */
import type { ApiError } from "../../shared/api";
import { Addresses } from "./addresses";
import { recall, remember } from "./memory";
import { playableOriginal, pollAfter } from "./original";
import { assetOf, PlaceKeeper, resumePlace } from "./place";
import { Playback, type Source } from "./playback";
import { exceedsSaver, hasLadder, possibleChoice, saverLabel, soundAlone, videoRungs } from "./rungs";
import { firstState, reduce, type Happening, type State } from "./state";
import { canFeed } from "./stream";
import type { CaptionTrack, Choice, PlayerProps, Resource } from "./types";

const NOTICE_MS = 6000;
const WAIT_MS = 500;
const LONG_WAIT_MS = 6000;

export class Session {
  state: State;
  readonly addresses: Addresses;
  private readonly playback: Playback;
  private readonly keeper: PlaceKeeper;
  private readonly listeners = new Set<() => void>();
  private polls = 0;
  private pollTimer = 0;
  private noticeTimer = 0;
  private waitTimer = 0;
  private hasResumed = false;
  private unplayable: string | null = null;
  private source: Source | null = null;
  /** How this person watched the recording last. */
  private readonly before: Choice;

  constructor(
    readonly props: PlayerProps,
    resource: Resource,
    readonly video: HTMLVideoElement,
  ) {
    const events = { onRenewed: () => this.renewed(), onRefused: (error: ApiError) => this.refused(error) };
    this.addresses = new Addresses(props.source_url, resource, events, props.inline ?? null);
    const known = recall();
    const media = resource.media;
    const asset = props.asset_id ?? media?.asset_id ?? assetOf(media?.hls);
    this.keeper = new PlaceKeeper(asset, () => ({ at: this.place, mode: this.state.choice, isMoving: this.state.phase === "playing" }));
    const mode = this.keeper.owed?.mode ?? props.position_mode;
    this.before = mode === "voice" ? "voice" : "auto";
    const wanted = possibleChoice(known.choice ?? this.before, media);
    this.state = firstState({
      duration: media?.duration_s ?? 0, saver: known.saver, rate: known.rate, volume: known.volume, muted: known.muted,
      choice: known.saver && exceedsSaver(wanted, media) ? "auto" : wanted,
    });
    this.playback = new Playback(video, this.addresses, {
      onRung: (rung, hasFallen) => this.happen({ type: "rung", rung, hasFallen }),
      onLost: () => this.happen({ type: "lost" }),
      onFound: () => this.happen({ type: "found" }),
      onBroken: () => this.happen({ type: "broken" }),
      onUnplayable: (source) => this.cannotPlay(source),
    });
    video.volume = known.volume;
    video.muted = known.muted;
    this.playback.setRate(known.rate);
    this.listen();
    this.choose(this.place);
    this.pollLater();
  }

  get resource(): Resource {
    return this.addresses.resource;
  }

  /** Tracks as the last answer named them, so that their addresses are still good. */
  get captions(): CaptionTrack[] {
    return this.resource.media?.captions ?? this.props.captions ?? [];
  }

  get place(): number {
    return this.playback.at;
  }

  /** The second offered by the quiet line, null when there is none. */
  get resumeAt(): number | null {
    const position = this.keeper.owed?.at_s ?? this.props.position_s;
    return this.hasResumed ? null : resumePlace(position, this.resource.media?.duration_s ?? null);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  happen(event: Happening): void {
    const before = this.state;
    this.state = reduce(before, event);
    if (this.state === before) return;
    if (this.state.notice !== before.notice) this.fadeNotice();
    for (const listener of this.listeners) listener();
  }

  /** Fetch what playing will need, without a byte of media; called after the first paint. */
  prepare(): void {
    this.playback.allow();
    if (!canFeed() || !hasLadder(this.resource.media)) return;
    if (this.state.choice !== "voice") void this.addresses.prepare();
  }

  play(): void {
    if (this.resumeAt !== null) this.seek(this.resumeAt);
    if (this.state.phase === "ended") this.seek(0);
    this.happen({ type: "play_asked" });
    this.playback.play();
  }

  /** Play from `at`, whatever was remembered. */
  playFrom(at: number): void {
    this.hasResumed = true;
    this.seek(at);
    this.play();
  }

  pause(): void {
    this.happen({ type: "pause_asked" });
    this.playback.pause();
    this.keeper.keep(false);
  }

  toggle(): void {
    const { phase } = this.state;
    if (phase === "playing" || phase === "starting" || phase === "waiting") this.pause();
    else this.play();
  }

  seek(at: number): void {
    const end = this.state.duration > 0 ? this.state.duration : Infinity;
    const to = Math.min(Math.max(0, at), Math.max(0, end - 0.2));
    this.hasResumed = true;
    this.playback.seek(to);
    this.happen({ type: "time", at: to, duration: 0, bufferedTo: this.state.bufferedTo });
  }

  setRate(rate: number): void {
    this.playback.setRate(rate);
    remember({ rate });
    this.happen({ type: "rate", rate });
  }

  setSound(volume: number, muted: boolean): void {
    this.video.volume = Math.min(1, Math.max(0, volume));
    this.video.muted = muted;
    remember({ volume: this.video.volume, muted });
  }

  setChoice(choice: Choice): void {
    const media = this.resource.media;
    const turnsSaverOff = this.state.saver && exceedsSaver(choice, media);
    remember({ choice, ...(turnsSaverOff ? { saver: false } : {}) });
    this.settle(possibleChoice(choice, media), turnsSaverOff ? false : this.state.saver);
    if (turnsSaverOff) this.happen({ type: "notice", key: "notice_saver_off" });
  }

  setSaver(saver: boolean): void {
    const choice = saver && exceedsSaver(this.state.choice, this.resource.media) ? "auto" : this.state.choice;
    remember({ saver, choice });
    this.settle(choice, saver);
  }

  dismissNotice(): void {
    this.happen({ type: "notice_over" });
  }

  destroy(): void {
    clearTimeout(this.pollTimer);
    clearTimeout(this.noticeTimer);
    clearTimeout(this.waitTimer);
    removeEventListener("focus", this.returned);
    document.removeEventListener("visibilitychange", this.returned);
    this.keeper.destroy();
    this.playback.destroy();
    this.listeners.clear();
  }

  /** Take on a choice; the source changes only when it has to. */
  private settle(choice: Choice, saver: boolean): void {
    this.state = { ...this.state, choice, saver };
    this.choose(this.place);
    for (const listener of this.listeners) listener();
  }

  private choose(at: number): void {
    const { choice, saver } = this.state;
    const media = this.resource.media;
    const held = choice.startsWith("rung:") ? choice.slice(5) : null;
    this.playback.steer(held, saver ? saverLabel(media) : null);
    const source = this.sourceFor(choice);
    if (source?.playing === this.source?.playing && source?.label === this.source?.label) return;
    this.source = source;
    this.happen({ type: "source", playing: source?.playing ?? "nothing", choice, saver });
    if (source) void this.playback.use(source, at);
  }

  private sourceFor(choice: Choice): Source | null {
    const media = this.resource.media;
    if (choice === "voice" && media?.voice) return { playing: "voice", label: null };
    if (hasLadder(media)) {
      const sound = soundAlone(media);
      if (sound && (choice === "audio" || videoRungs(media).length === 0)) return { playing: "audio", label: sound.label };
      return { playing: "ladder", label: null };
    }
    const file = playableOriginal(this.resource, (type) => this.video.canPlayType(type));
    return file && file.filename !== this.unplayable ? { playing: "file", label: file.filename } : null;
  }

  private cannotPlay(source: Source): void {
    if (source.playing !== "file") {
      this.happen({ type: "broken" });
      return;
    }
    this.unplayable = source.label;
    this.choose(this.place);
  }

  private renewed(): void {
    const { media } = this.resource;
    this.happen({ type: "found" });
    this.keeper.settle();
    const wasOriginal = this.state.playing === "file" || this.state.playing === "nothing";
    if (wasOriginal && hasLadder(media)) {
      this.settle(possibleChoice(recall().choice ?? this.before, media), this.state.saver);
      if (this.state.phase === "playing") this.happen({ type: "notice", key: "notice_ladder_ready" });
      if (this.state.phase === "idle") this.prepare();
    } else if (this.source === null) {
      this.choose(this.place);
    }
    if (this.state.duration === 0 && media?.duration_s) {
      this.happen({ type: "time", at: this.state.at, duration: media.duration_s, bufferedTo: 0 });
    }
    for (const listener of this.listeners) listener();
  }

  private refused(error: ApiError): void {
    this.happen({ type: "refused", status: error.status, text: error.message });
    this.keeper.keep(false);
  }

  /** After a long pause addresses are old and the person may be signed out, or in again in another window. */
  private readonly returned = (): void => {
    if (document.hidden || (this.addresses.isFresh && this.addresses.refusal === null)) return;
    this.addresses.renew().then(() => this.playback.retry(), () => undefined);
  };

  private pollLater(): void {
    clearTimeout(this.pollTimer);
    if (this.resource.state !== "processing" && (this.source !== null || this.resource.state === "failed")) return;
    this.pollTimer = window.setTimeout(() => {
      const next = (): void => this.pollLater();
      // A page nobody looks at asks nothing; it asks at once when it is looked at again.
      if (document.hidden) document.addEventListener("visibilitychange", next, { once: true });
      else void this.addresses.renew().then(next, next);
    }, pollAfter(this.polls) * 1000);
    this.polls += 1;
  }

  private fadeNotice(): void {
    clearTimeout(this.noticeTimer);
    if (this.state.notice === null || this.state.notice.stays) return;
    this.noticeTimer = window.setTimeout(() => this.dismissNotice(), NOTICE_MS);
  }

  private listen(): void {
    const { video } = this;
    addEventListener("focus", this.returned);
    document.addEventListener("visibilitychange", this.returned);
    video.addEventListener("playing", () => {
      clearTimeout(this.waitTimer);
      this.happen({ type: "playing" });
    });
    video.addEventListener("pause", () => !video.ended && this.happen({ type: "paused" }));
    video.addEventListener("ended", () => {
      this.happen({ type: "ended" });
      this.keeper.keep(false);
    });
    video.addEventListener("waiting", () => {
      clearTimeout(this.waitTimer);
      this.waitTimer = window.setTimeout(() => this.wait(), WAIT_MS);
    });
    video.addEventListener("volumechange", () => this.happen({ type: "sound", volume: video.volume, muted: video.muted }));
    for (const name of ["timeupdate", "progress", "durationchange", "seeked"]) video.addEventListener(name, () => this.tick());
  }

  /** Said only when it lasts: steps between rungs and seeks into what is loaded are over at once. */
  private wait(): void {
    const { video } = this;
    if (video.paused || video.ended || video.readyState > 2) return;
    const { refusal } = this.addresses;
    if (refusal !== null) return this.refused(refusal);
    const canGetLighter = this.state.choice !== "voice" && Boolean(this.resource.media?.voice);
    if (navigator.onLine) this.happen({ type: "waiting", clock: performance.now() / 1000, canGetLighter });
    else this.happen({ type: "lost" });
    this.waitTimer = window.setTimeout(() => this.wait(), LONG_WAIT_MS);
  }

  private tick(): void {
    const { video } = this;
    if (video.readyState === 0) return;
    let bufferedTo = 0;
    for (let i = 0; i < video.buffered.length; i += 1) {
      if (video.buffered.start(i) <= video.currentTime + 0.5) bufferedTo = video.buffered.end(i);
    }
    const duration = Number.isFinite(video.duration) ? video.duration : 0;
    this.happen({ type: "time", at: this.place, duration, bufferedTo });
  }
}
