/**
 * Sound and picture of one device in a lesson: whom it is connected to, and what each line carries.
 *
 * One device of each room has the room's sound (the lease in the lesson's state), and those devices talk: the
 * lead room's with every receiving room's. Every two seconds each way is measured and its ladder climbed or
 * left; the village's picture gives way before the lead's.
 */
import type { LessonClient } from "../client.ts";
import type { State } from "../state.ts";
import { framing, limited, measured, newLadder, STEPS, type Ladder, type Rung, type Step } from "./ladder.ts";
import { Peer, type Signal } from "./peer.ts";
import { Meter } from "./quality.ts";
import { sendStill, stillOf } from "./stills.ts";

const MEASURE_MS = 2_000;
const STILL_MS = 5_000;
const STILL_RUNG = STEPS.findIndex((step) => step.rung === "still");
const VILLAGE_TOP = STEPS.findIndex((step) => step.rung === "video360");

export interface Shown {
  /** Sound and picture of another room, or null when its line is not up. */
  stream?: (site: number, stream: MediaStream | null) => void;
  still?: (site: number, picture: Blob) => void;
  /** The rung of the way from here to a room. */
  rung?: (site: number, rung: Rung) => void;
  /** Whether a room sends a moving picture now; a last frame that stays is none. */
  moving?: (site: number, isMoving: boolean) => void;
  line?: (site: number, state: RTCPeerConnectionState) => void;
}

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
  audio: RTCRtpSender | null;
  video: RTCRtpSender | null;
  applied: string;
  stream: MediaStream | null;
}

export class MediaDesk {
  private readonly lines = new Map<string, Line>();
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
    for (const line of this.lines.values()) this.apply(line);
  }

  /** Call when this device is back in the lesson, or another one is. */
  mend(device?: string): void {
    for (const line of this.lines.values()) if (!device || line.peer.device === device) line.peer.mend();
  }

  /** Call with every signal that comes. */
  async receive(device: string, signal: Signal): Promise<void> {
    this.follow();
    await this.lines.get(device)?.peer.receive(signal);
  }

  /** Open or close this room's microphone by hand; on stage it is open anyway. */
  talk(isOn: boolean): void {
    this.isTalking = isOn;
    this.follow();
  }

  /** The best rung from now on; chosen by hand, or by the room check. */
  limit(rung: Rung): void {
    const top = STEPS.findIndex((step) => step.rung === rung);
    for (const line of this.lines.values()) {
      line.ladder = limited(line.ladder, top);
      this.apply(line);
    }
  }

  private connect(device: string, site: number): void {
    const top = this.site === 0 ? 0 : VILLAGE_TOP;
    const line: Line = {
      peer: new Peer(device, this.client.device < device, this.config, {
        answering: (pc) => this.answer(line, pc),
        send: (signal) => this.client.signal(device, { ...signal }),
        track: (_track, stream) => this.heard(line, stream),
        channel: (channel) => (channel.onmessage = ({ data }) => this.told(line, data)),
        state: (state) => this.stateChanged(line, state),
      }),
      site, meter: new Meter(), ladder: newLadder(top, Math.max(top, VILLAGE_TOP)), told: {}, audio: null, video: null, applied: "", stream: null,
    };
    this.lines.set(device, line);
    if (this.site === 0) this.offer(line);
    this.apply(line);
  }

  /**
   * The lead room offers both kinds, so that a camera plugged in later needs no new agreement. Only one side
   * makes the lines: of two offers that cross, one side's would be doubled.
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
      void transceiver.sender.replaceTrack(this.track(kind));
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
      if (!line.peer.isUp) continue;
      const reading = line.meter.read(await line.peer.pc.getStats(), line.told.heard ?? null);
      if (!reading) continue;
      const next = measured(line.ladder, reading, MEASURE_MS / 1000);
      line.ladder = this.giveWay(line, next);
      this.tell(line, { heard: reading.heardConcealed, rung: STEPS[line.ladder.at]!.rung });
      this.apply(line);
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
    void encode(line.audio, speaks && step.audioKbps ? { maxBitrate: step.audioKbps * 1000 } : null);
    void encode(line.video, step.video ? pictureOf(step, line.video?.track ?? null) : null);
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

/** Whom this device talks with: the lead room's device with those of all others, theirs with it. */
export function partners(state: State, site: number, device: string): Map<string, number> {
  const found = new Map<string, number>();
  if (state.audio[String(site)] !== device) return found;
  for (const [other, holder] of Object.entries(state.audio)) {
    const isOurs = site === 0 ? other !== "0" : other === "0";
    if (isOurs && holder !== device) found.set(holder, Number(other));
  }
  return found;
}

async function encode(sender: RTCRtpSender | null, wanted: Partial<RTCRtpEncodingParameters> | null): Promise<void> {
  if (!sender) return;
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding) return; // not agreed yet; applied again when the line is up
  encoding.active = wanted !== null;
  Object.assign(encoding, wanted ?? {});
  await sender.setParameters(parameters).catch(() => undefined);
}

function pictureOf(step: Step, track: MediaStreamTrack | null): Partial<RTCRtpEncodingParameters> {
  const { height, fps, kbps } = step.video!;
  const from = track?.getSettings().height ?? height;
  return { maxBitrate: kbps * 1000, maxFramerate: fps, scaleResolutionDownBy: Math.max(1, from / height) } as Partial<RTCRtpEncodingParameters>;
}
