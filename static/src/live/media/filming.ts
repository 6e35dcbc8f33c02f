/**
 * What a phone sends that is the document camera of a room: a picture and nothing else, straight to who looks or once to the forwarder.
 *
 * The phone offers. It follows the lesson's facts as it is told them: who carries sound and picture, by which route, on which rung
 * the room's line is. How it gives way is written in cameras.ts.
 */
import type { LessonClient } from "../client.ts";
import { cameraTop, documentPicture, films, measuredCamera, receiversOf } from "./cameras.ts";
import { encode } from "./encoding.ts";
import { newLadder, STEPS, type Ladder, type Rung } from "./ladder.ts";
import { withTop } from "./lines.ts";
import { Peer, type Signal } from "./peer.ts";
import { Meter } from "./quality.ts";
import { Sending, type Ask } from "./sending.ts";
import { sendStill } from "./stills.ts";

const MEASURE_MS = 2_000;
/** A still is larger and rarer than one of a room: there is something to read on it. */
const STILL_MS = 10_000;
const STILL_WIDTH = 480;
const NUDGE_MS = 15_000;
const LOST_MS = 10_000;

interface Line {
  peer: Peer;
  village: number;
  meter: Meter;
  ladder: Ladder;
  video: RTCRtpSender | null;
  applied: string;
  downSince: number;
}

export class Filming {
  private readonly lines = new Map<string, Line>();
  private out: { sending: Sending; since: number; isRefused: boolean } | null = null;
  private readonly ticking = setInterval(() => void this.tick(), MEASURE_MS);
  private readonly picturing = setInterval(() => void this.sendStills(), STILL_MS);

  constructor(
    private readonly client: LessonClient,
    private readonly site: number,
    private readonly track: MediaStreamTrack,
    private readonly config: RTCConfiguration,
    private readonly changed: () => void,
  ) {
    // Sharp before smooth, where a browser can be told.
    if ("contentHint" in track) track.contentHint = "detail";
  }

  /** Whether anybody is reached now. */
  get isSeen(): boolean {
    return this.isForwarded || [...this.lines.values()].some((line) => line.peer.isUp);
  }

  /** The rung of the picture that the lead sees. */
  get rung(): Rung {
    const line = [...this.lines.values()].find((one) => one.peer.isUp);
    return STEPS[(this.out?.sending.ladder ?? line?.ladder)?.at ?? 0]!.rung;
  }

  /** Call when the lesson's state changed. */
  follow(): void {
    const { state, device } = this.client;
    const wanted = receiversOf(state, this.site, device);
    for (const other of [...this.lines.keys()]) if (!wanted.has(other)) this.drop(other);
    for (const [other, site] of wanted) if (!this.lines.has(other)) this.connect(other, site);
    if (state.route === "sfu" && films(state, this.site, device)) this.out ??= this.begin();
    else this.end();
    for (const line of this.lines.values()) line.ladder = withTop(line.ladder, cameraTop(state, line.village));
    if (this.out) this.out.sending.ladder = withTop(this.out.sending.ladder, cameraTop(state, this.site));
    this.apply();
  }

  async receive(device: string, signal: Signal): Promise<void> {
    await this.lines.get(device)?.peer.receive(signal);
  }

  /** Call when the phone is back in the lesson. */
  mend(): void {
    for (const line of this.lines.values()) line.peer.mend();
  }

  close(): void {
    clearInterval(this.ticking);
    clearInterval(this.picturing);
    for (const device of [...this.lines.keys()]) this.drop(device);
    this.end();
  }

  private get isForwarded(): boolean {
    return this.out?.sending.pc.connectionState === "connected";
  }

  private newLadder(village: number): Ladder {
    return newLadder(cameraTop(this.client.state, village));
  }

  private connect(device: string, site: number): void {
    const village = this.site || site;
    const peer = new Peer(device, true, this.config, {
      send: (signal) => this.client.signal(device, { ...signal }),
      track: () => undefined,
      channel: (channel) => channel.addEventListener("open", () => this.apply(true)),
      state: () => {
        this.apply(true);
        this.changed();
      },
    });
    const video = peer.pc.addTransceiver(this.track, { direction: "sendonly", streams: [new MediaStream([this.track])] }).sender;
    this.lines.set(device, { peer, village, meter: new Meter(), ladder: this.newLadder(village), video, applied: "", downSince: performance.now() });
  }

  private drop(device: string): void {
    this.lines.get(device)?.peer.close();
    this.lines.delete(device);
  }

  private begin(): NonNullable<Filming["out"]> {
    const ask: Ask = (name, data) => this.client.ask(name, data) as Promise<{ sdp: string }>;
    const sending = new Sending(ask, false, this.config, this.newLadder(this.site), { isSilent: true, picture: documentPicture });
    const out = { sending, since: performance.now(), isRefused: false };
    sending.pc.onconnectionstatechange = () => {
      out.since = performance.now();
      this.apply(true);
      this.changed();
    };
    sending.begin(new MediaStream([this.track])).catch(() => (out.isRefused = true));
    return out;
  }

  private end(): void {
    this.out?.sending.close();
    this.out = null;
  }

  private async tick(): Promise<void> {
    for (const line of this.lines.values()) {
      this.nudge(line);
      if (!line.peer.isUp) continue;
      const reading = line.meter.read(await line.peer.pc.getStats(), null);
      if (reading) line.ladder = measuredCamera(line.ladder, reading, MEASURE_MS / 1000);
    }
    await this.tickForwarded();
    this.apply();
    this.changed();
  }

  /** A way to the forwarder that is lost or refused is begun anew as a whole. */
  private async tickForwarded(): Promise<void> {
    const { out } = this;
    if (!out) return;
    if (this.isForwarded) {
      const reading = out.sending.meter.read(await out.sending.pc.getStats(), null);
      if (reading) out.sending.ladder = measuredCamera(out.sending.ladder, reading, MEASURE_MS / 1000);
    } else if (this.client.line === "joined" && (out.isRefused || performance.now() - out.since > LOST_MS)) {
      this.end();
      this.follow();
    }
  }

  private nudge(line: Line): void {
    const now = performance.now();
    if (line.peer.isUp || this.client.line !== "joined") line.downSince = now;
    else if (now - line.downSince > NUDGE_MS) {
      line.downSince = now;
      line.peer.mend();
    }
  }

  private apply(again = false): void {
    for (const line of this.lines.values()) {
      const step = STEPS[line.ladder.at]!;
      if (!line.peer.isUp || (step.rung === line.applied && !again)) continue;
      line.applied = step.rung;
      void encode(line.video, documentPicture(step, this.track));
      if (line.peer.channel.readyState === "open") line.peer.channel.send(JSON.stringify({ rung: step.rung }));
    }
    this.out?.sending.apply({ speaks: false, best: 0, weakest: 0 }, again);
  }

  private async sendStills(): Promise<void> {
    const takers = [...this.lines.values()].filter((line) => line.peer.isUp && STEPS[line.ladder.at]!.hasStills).map((line) => line.peer.channel);
    if (this.isForwarded && STEPS[this.out!.sending.ladder.at]!.hasStills) takers.push(this.out!.sending.channel);
    if (takers.length) await sendStill(this.track, takers, STILL_WIDTH);
  }
}
