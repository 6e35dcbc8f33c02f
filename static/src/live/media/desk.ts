/**
 * Sound and picture of one device in a lesson: whom it is connected to, and what each line carries.
 *
 * One device of each room has the room's sound (the lease in the lesson's state), and those devices talk: the
 * lead room's with every receiving room's. Every two seconds each way is measured and its ladder climbed or
 * left; the village's picture gives way before the lead's.
 */
import type { LessonClient } from "../client.ts";
import { audioOf, encode, pictureOf } from "./encoding.ts";
import { framing, measured, newLadder, STEPS, type Ladder, type Rung } from "./ladder.ts";
import { Early } from "./early.ts";
import { limitOf, opening, partners, STILL_RUNG, topOf, withTop, type Shown } from "./lines.ts";
import { Peer, type Signal } from "./peer.ts";
import { Meter } from "./quality.ts";
import { sendStill, stillOf } from "./stills.ts";

const MEASURE_MS = 2_000;
const STILL_MS = 5_000;
const NUDGE_MS = 15_000;

/** What two devices tell each other beside sound and picture. */
interface Told {
  /** Share of the sound that had to be invented here. */
  heard?: number | null;
  /** The rung on which the teller sends. */
  rung?: Rung;
  /** Please give way with your picture: ours has to. */
  ease?: true;
}

interface Line {
  peer: Peer;
  site: number;
  meter: Meter;
  ladder: Ladder;
  told: Told;
  /** The class at this line's end that is not the lead's. */
  village: number;
  audio: RTCRtpSender | null;
  video: RTCRtpSender | null;
  applied: string;
  downSince: number;
  stream: MediaStream | null;
}

export class MediaDesk {
  private readonly lines = new Map<string, Line>();
  private readonly early = new Early();
  private local: MediaStream | null = null;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private picturing: ReturnType<typeof setInterval> | undefined;
  private isTalking = false;

  constructor(
    private readonly client: LessonClient,
    readonly site: number,
    private readonly config: RTCConfiguration,
    private readonly shown: Shown = {},
  ) {}

  /** Take part with this sound and picture (null: only watch and listen), and take the room's sound. */
  open(local: MediaStream | null): void {
    this.local = local;
    if (this.client.state.audio[String(this.site)] !== this.client.device) this.client.act("audio:take", { site: this.site });
    this.ticking ??= setInterval(() => void this.measure(), MEASURE_MS);
    this.picturing ??= setInterval(() => void this.sendStills(), STILL_MS);
    this.follow();
  }

  close(): void {
    clearInterval(this.ticking);
    clearInterval(this.picturing);
    this.ticking = this.picturing = undefined;
    for (const device of [...this.lines.keys()]) this.drop(device);
    this.local?.getTracks().forEach((track) => track.stop());
  }

  /** Call when the lesson's state changed: rooms come, go and change their device; the stage opens a microphone. */
  follow(): void {
    const wanted = this.local || this.ticking ? partners(this.client.state, this.site, this.client.device) : new Map<string, number>();
    for (const device of [...this.lines.keys()]) if (!wanted.has(device)) this.drop(device);
    for (const [device, site] of wanted) if (!this.lines.has(device)) this.connect(device, site);
    for (const line of this.lines.values()) {
      line.ladder = withTop(line.ladder, Math.max(topOf(this.site), limitOf(this.client.state, line.village)));
      this.apply(line);
    }
  }

  /** Another camera or microphone took the place of the one before. */
  replace(kind: "audio" | "video", local: MediaStream | null, track: MediaStreamTrack | null): void {
    this.local = local;
    for (const line of this.lines.values()) void line[kind]?.replaceTrack(track);
  }

  /** Call when this device is back in the lesson, or another one is. */
  mend(device?: string): void {
    for (const line of this.lines.values()) if (!device || line.peer.device === device) line.peer.mend();
  }

  /** Call with every signal that comes. */
  async receive(device: string, signal: Signal): Promise<void> {
    this.follow();
    const line = this.lines.get(device);
    if (line) await line.peer.receive(signal);
    else this.early.keep(device, signal);
  }

  /** Open or close this room's microphone by hand; on stage it is open anyway. */
  talk(isOn: boolean): void {
    this.isTalking = isOn;
    this.follow();
  }

  private connect(device: string, site: number): void {
    const top = topOf(this.site);
    const village = this.site || site;
    const line: Line = {
      peer: new Peer(device, this.site === 0, this.config, {
        answering: (pc) => this.answer(line, pc),
        send: (signal) => this.client.signal(device, { ...signal }),
        track: (_track, stream) => this.heard(line, stream),
        channel: (channel) => (channel.onmessage = ({ data }) => this.told(line, data)),
        state: (state) => this.stateChanged(line, state),
      }),
      site, meter: new Meter(), ladder: newLadder(top, opening(this.client.state, village, top)), told: {}, village, audio: null, video: null, applied: "", stream: null, downSince: performance.now(),
    };
    this.lines.set(device, line);
    for (const signal of this.early.take(device)) void line.peer.receive(signal);
    if (this.site === 0) this.offer(line);
    this.apply(line);
  }

  /**
   * The lead room offers both kinds, so that a camera plugged in later needs no new agreement.
   */
  private offer(line: Line): void {
    const streams = this.local ? [this.local] : [];
    const add = (kind: "audio" | "video") =>
      line.peer.pc.addTransceiver(this.track(kind) ?? kind, { direction: "sendrecv", streams }).sender;
    line.audio = add("audio");
    line.video = add("video");
  }

  private answer(line: Line, pc: RTCPeerConnection): void {
    for (const transceiver of pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as "audio" | "video";
      transceiver.direction = "sendrecv";
      if (this.local) transceiver.sender.setStreams(this.local);
      // A microphone is put in when it is known whether it may be heard, not a moment sooner.
      if (kind === "video") void transceiver.sender.replaceTrack(this.track(kind));
      line[kind] = transceiver.sender;
    }
  }

  private track(kind: "audio" | "video"): MediaStreamTrack | null {
    return this.local?.getTracks().find((track) => track.kind === kind) ?? null;
  }

  private drop(device: string): void {
    const line = this.lines.get(device);
    if (!line) return;
    this.lines.delete(device);
    line.peer.close();
    this.shown.stream?.(line.site, null);
  }

  private heard(line: Line, stream: MediaStream): void {
    line.stream = stream;
    this.shown.stream?.(line.site, stream);
  }

  private stateChanged(line: Line, state: RTCPeerConnectionState): void {
    this.shown.line?.(line.site, state);
    if (state === "connected") this.apply(line, true);
  }

  private told(line: Line, data: unknown): void {
    if (typeof data !== "string") {
      this.shown.still?.(line.site, stillOf(data as ArrayBuffer));
      return;
    }
    line.told = { ...line.told, ...(JSON.parse(data) as Told) };
    const theirs = STEPS.find((step) => step.rung === line.told.rung);
    if (theirs) this.shown.moving?.(line.site, theirs.video !== null);
    if (line.told.ease) {
      delete line.told.ease;
      line.ladder = { ...line.ladder, at: Math.max(line.ladder.at, STILL_RUNG), quietS: 0 };
      this.apply(line);
    }
  }

  private async measure(): Promise<void> {
    for (const line of this.lines.values()) {
      this.nudge(line);
      if (!line.peer.isUp) continue;
      const reading = line.meter.read(await line.peer.pc.getStats(), line.told.heard ?? null);
      if (!reading) continue;
      const next = measured(line.ladder, reading, MEASURE_MS / 1000);
      line.ladder = this.giveWay(line, next);
      this.tell(line, { heard: reading.heardConcealed, rung: STEPS[line.ladder.at]!.rung });
      this.apply(line);
    }
  }

  /** A line that neither comes up nor is being mended is offered anew: what was agreed may have been lost on either side. */
  private nudge(line: Line): void {
    const now = performance.now();
    if (line.peer.isUp || this.client.line !== "joined") line.downSince = now;
    else if (now - line.downSince > NUDGE_MS) {
      line.downSince = now;
      line.peer.mend();
    }
  }

  /** Before the lead's picture gives way, the village's does. */
  private giveWay(line: Line, next: Ladder): Ladder {
    const theirs = STEPS.find((step) => step.rung === line.told.rung);
    if (this.site !== 0 || next.at <= line.ladder.at || !theirs?.video) return next;
    this.tell(line, { ease: true });
    // One step waits for the village's to help; a line that broke down waits for nothing.
    return next.at > line.ladder.at + 1 ? next : { ...line.ladder, badInRow: 0, quietS: 0 };
  }

  private tell(line: Line, told: Told): void {
    if (line.peer.channel.readyState === "open") line.peer.channel.send(JSON.stringify(told));
  }

  private apply(line: Line, again = false): void {
    const step = STEPS[line.ladder.at]!;
    const speaks = this.site === 0 || this.isTalking || this.client.state.stage?.site === this.site;
    const key = `${step.rung} ${speaks}`;
    if (key === line.applied && !again) return;
    line.applied = key;
    line.peer.frame(framing(step));
    void encode(line.audio, speaks ? audioOf(step.audioKbps) : null).then(() => {
      if (line.peer.isUp && !line.audio?.track) void line.audio?.replaceTrack(this.track("audio"));
    });
    void encode(line.video, pictureOf(step, line.video?.track ?? null));
    this.shown.rung?.(line.site, step.rung);
    const kept = this.client.state.links[String(line.site)];
    if (this.site === 0 && kept?.rung !== step.rung) this.client.act("link:report", { site: line.site, rung: step.rung });
  }

  private async sendStills(): Promise<void> {
    const camera = this.local?.getVideoTracks()[0];
    const takers = [...this.lines.values()].filter((line) => line.peer.isUp && STEPS[line.ladder.at]!.hasStills);
    if (camera && takers.length) await sendStill(camera, takers.map((line) => line.peer.channel));
  }
}
