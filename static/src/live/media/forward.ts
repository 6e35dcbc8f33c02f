/**
 * Sound and picture of one device in a lesson of three rooms and more, through the forwarder.
 *
 * Each device sends once and hears whom it needs: the lead all classes and their document cameras, a class the lead and
 * whoever is on stage, or the document camera that all are shown.
 * Every way is measured where it ends and climbs its own ladder. What is lost is asked for anew, as a whole: nothing
 * has to be agreed between the rooms. The lead's device decides by which route the lesson goes, and says so in the log.
 */
import { camerasFor, isCamera, measuredCamera } from "./cameras.ts";
import { Unanswered, type LessonClient } from "../client.ts";
import { Hearing } from "./hearing.ts";
import { measured, newLadder, STEPS, type Ladder } from "./ladder.ts";
import { farOf, opening, STILL_RUNG, topOf, VILLAGE_TOP, withTop, type Shown } from "./lines.ts";
import type { Reading } from "./quality.ts";
import { Routing } from "./routing.ts";
import { Sending, type Ask, type Need } from "./sending.ts";
import { sendStill, stillOf } from "./stills.ts";

const TICK_MS = 2_000;
const STILL_MS = 5_000;
/** So long a way may take to come up, and be silent once it was, until it is begun anew. */
const COMING_MS = 12_000;
const SILENT_MS = 6_000;
const RETRY_MS = 2_000;

interface Way<Kind> {
  kind: Kind;
  /** The phone that it comes from, when it is a document camera's. */
  phone: string;
  wasUp: boolean;
  /** Since when it is in the state it is in. */
  since: number;
  isRefused: boolean;
}

export class ForwardDesk {
  private out: Way<Sending> | null = null;
  private readonly ins = new Map<number, Way<Hearing>>();
  private local: MediaStream | null = null;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private picturing: ReturnType<typeof setInterval> | undefined;
  private isTalking = false;
  private readonly routing: Routing;

  constructor(
    private readonly client: LessonClient,
    readonly site: number,
    private readonly config: RTCConfiguration,
    private readonly shown: Shown,
    forwards: boolean,
    private readonly isMeeting = false,
    private readonly isWatched = false,
  ) {
    this.routing = new Routing(client, site, forwards, isWatched);
  }

  open(local: MediaStream | null): void {
    this.local = local;
    this.ticking ??= setInterval(() => void this.tick(), TICK_MS);
    this.picturing ??= setInterval(() => void this.sendStills(), STILL_MS);
    this.follow();
  }

  close(): void {
    clearInterval(this.ticking);
    clearInterval(this.picturing);
    this.ticking = this.picturing = undefined;
    this.shut();
  }

  /** Call when the lesson's state changed. */
  follow(): void {
    if (!this.ticking) return;
    this.routing.follow();
    if (!this.isWanted) return this.shut();
    this.out ??= this.begin(this.newSending(), (sending) => sending.begin(this.local));
    const sources = this.sources();
    for (const [site, way] of this.ins) if (sources.get(site) !== way.phone) this.drop(site, way);
    for (const [site, phone] of sources) {
      if (!this.ins.has(site)) this.ins.set(site, this.begin(this.newHearing(site), (hearing) => hearing.begin(this.client.lineSince), phone));
    }
    for (const { kind } of this.ways) kind.ladder = withTop(kind.ladder, this.top(kind));
    this.apply();
  }

  talk(isOn: boolean): void {
    this.isTalking = isOn;
    this.follow();
  }

  /** Another camera or microphone took the place of the one before. */
  replace(kind: "audio" | "video", local: MediaStream | null, track: MediaStreamTrack | null): void {
    this.local = local;
    this.out?.kind.replace(kind, track);
  }

  private get isWanted(): boolean {
    const { route, phase, audio } = this.client.state;
    return route === "sfu" && phase !== "ended" && audio[String(this.site)] === this.client.device;
  }

  private get ways(): Way<Sending | Hearing>[] {
    return [...(this.out ? [this.out] : []), ...this.ins.values()];
  }

  private readonly ask: Ask = (name, data) => this.client.ask(name, data) as Promise<{ sdp: string }>;

  /** Whom we hear: the lead everybody, a class the lead and who is on stage; in a meeting everybody everybody. With the phones that film. */
  private sources(): Map<number, string> {
    const { state, device } = this.client;
    const far = [...farOf(state, this.site, device)];
    const stage = state.stage?.site;
    const heard = this.site === 0 || this.isMeeting ? far : far.filter((site) => site === 0 || site === stage);
    return new Map([...heard.map((site) => [site, ""] as const), ...camerasFor(state, this.site, device)]);
  }

  private newSending(): Sending {
    const top = topOf(this.site);
    return new Sending(this.ask, this.site === 0, this.config, newLadder(top, this.site === 0 ? top : opening(this.client.state, this.site, top)));
  }

  private newHearing(site: number): Hearing {
    const top = topOf(site);
    const start = this.site === 0 ? top : opening(this.client.state, this.site, top);
    return new Hearing(this.ask, site, this.config, newLadder(top, start), {
      stream: (stream) => this.shown.stream?.(site, stream),
      still: (picture) => this.shown.still?.(site, stillOf(picture)),
    });
  }

  private begin<Kind extends Sending | Hearing>(kind: Kind, start: (kind: Kind) => Promise<void>, phone = ""): Way<Kind> {
    const way: Way<Kind> = { kind, phone, wasUp: false, since: performance.now(), isRefused: false };
    kind.pc.onconnectionstatechange = () => {
      way.since = performance.now();
      if (kind.pc.connectionState !== "connected") return;
      way.wasUp = true;
      if (kind instanceof Sending) this.routing.worked();
      this.apply(true);
    };
    start(kind).catch((error: unknown) => {
      way.isRefused = true;
      way.since = performance.now();
      if (kind instanceof Sending && kind === (this.out?.kind as unknown)) this.routing.failed(error instanceof Unanswered ? error.code : "");
    });
    return way;
  }

  /** The best rung by hand and by who sends: a limit of a class holds for both of its ways. */
  private top(kind: Sending | Hearing): number {
    const sender = kind instanceof Hearing ? kind.site : this.site;
    const limit = STEPS.findIndex((step) => step.rung === this.client.state.limits[String(this.site || sender)]);
    return Math.max(topOf(sender), limit);
  }

  private async tick(): Promise<void> {
    this.routing.tick();
    if (!this.isWanted) return;
    if (this.client.line === "joined") this.mend();
    // Who is cut off still gives way: what it sends fills the line by which it is to come back.
    if (this.out?.wasUp) await this.measureOut(this.out.kind);
    for (const [site, way] of this.ins) if (way.wasUp) await this.measureIn(site, way);
    this.apply();
  }

  /** Begin anew what is lost. */
  private mend(): void {
    if (this.out && this.isLost(this.out)) {
      if (!this.out.wasUp && !this.out.isRefused) this.routing.failed("");
      this.out.kind.close();
      this.out = null;
    }
    for (const [site, way] of this.ins) if (this.isLost(way)) this.drop(site, way);
    this.follow();
  }

  private isLost({ kind, wasUp, since, isRefused }: Way<Sending | Hearing>): boolean {
    const state = kind.pc.connectionState;
    const forMs = performance.now() - since;
    if (isRefused) return forMs > RETRY_MS - 100;
    if (state === "connected") return false;
    return state === "failed" || state === "closed" || forMs > (wasUp ? SILENT_MS : COMING_MS);
  }

  private async measureOut(sending: Sending): Promise<void> {
    const reading = sending.meter.read(await sending.pc.getStats(), null);
    if (reading) sending.ladder = measured(sending.ladder, reading, TICK_MS / 1000);
  }

  private async measureIn(site: number, way: Way<Hearing>): Promise<void> {
    const hearing = way.kind;
    const reading = hearing.meter.read(await hearing.pc.getStats(), null);
    if (!reading || hearing.pc.connectionState !== "connected") return;
    const sample = heard(reading);
    hearing.ladder = isCamera(site)
      ? measuredCamera(hearing.ladder, sample, TICK_MS / 1000)
      : this.giveWay(hearing.ladder, measured(hearing.ladder, sample, TICK_MS / 1000));
    this.shown.moving?.(site, reading.frames > 0);
    if (this.client.line !== "joined") return;
    await hearing.tune(this.client.lineSince).catch(() => (way.isRefused = true));
    if (site === 0) this.report(hearing);
  }

  /** Before the lead's picture gives way here, our own does. */
  private giveWay(before: Ladder, next: Ladder): Ladder {
    const own = this.out?.kind;
    if (next.at <= before.at || !own || !STEPS[own.ladder.at]!.video) return next;
    own.ladder = { ...own.ladder, at: STILL_RUNG, quietS: 0 };
    return next.at > before.at + 1 ? next : { ...before, badInRow: 0, quietS: 0 };
  }

  private report(hearing: Hearing): void {
    const { rung } = STEPS[hearing.ladder.at]!;
    this.shown.rung?.(0, rung);
    if (this.client.state.links[String(this.site)]?.rung !== rung) this.client.act("link:report", { site: this.site, rung });
  }

  private apply(again = false): void {
    this.out?.kind.apply(this.need(), again);
  }

  private need(): Need {
    const { state, device } = this.client;
    const speaks = this.site === 0 || this.isTalking || state.stage?.site === this.site;
    if (this.site !== 0) return { speaks, best: 0, weakest: 0 };
    // Nobody hears us straight: what is cast to all has this size.
    if (this.isWatched) return { speaks, best: VILLAGE_TOP, weakest: 0 };
    const rungs = [...farOf(state, 0, device)].map((site) => opening(state, site, 0));
    return { speaks, best: Math.min(...rungs, STEPS.length - 1), weakest: Math.max(...rungs, 0) };
  }

  private async sendStills(): Promise<void> {
    const camera = this.local?.getVideoTracks()[0];
    const { out } = this;
    if (!camera || out?.kind.pc.connectionState !== "connected") return;
    const { state, device } = this.client;
    const isStill = (at: number) => STEPS[at]!.hasStills;
    const isAsked = this.site === 0 ? [...farOf(state, 0, device)].some((site) => isStill(opening(state, site, 0))) : isStill(out.kind.ladder.at);
    if (isAsked) await sendStill(camera, [out.kind.channel]);
  }

  private drop(site: number, way: Way<Hearing>): void {
    this.ins.delete(site);
    way.kind.close();
    this.shown.stream?.(site, null);
  }

  private shut(): void {
    this.out?.kind.close();
    this.out = null;
    for (const [site, way] of this.ins) this.drop(site, way);
  }
}

/** A reading as the receiver's ladder takes it: the browser's estimate is about what we send. */
function heard(reading: Reading) {
  return { ...reading, estimateKbps: null, loss: reading.heardLoss, concealed: reading.heardConcealed };
}
