/**
 * What a device sends to the forwarder: once, however many rooms hear it.
 *
 * The lead sends its picture in three sizes, of which each receiver is given the one that its line carries; a
 * village sends one. The rate of speech is chosen here for all: as the weakest of the receivers needs it.
 */
import { audioOf, encode, encodeLayers, gathered, LAYERS, pictureOf } from "./encoding.ts";
import { framing, STEPS, type Ladder } from "./ladder.ts";
import { framed } from "./peer.ts";
import { Meter } from "./quality.ts";

export type Ask = (name: string, data: Record<string, unknown>) => Promise<{ sdp: string }>;

/** What is sent now: whether anybody may hear us, and the best and the weakest rung of who does. */
export interface Need {
  speaks: boolean;
  best: number;
  weakest: number;
}

/** What differs from a room's own sound and picture. */
interface Manner {
  /** There is no sound, not even a place for it. */
  isSilent?: boolean;
  picture?: typeof pictureOf;
}

const SMALLEST = LAYERS.length - 1;

export class Sending {
  readonly pc: RTCPeerConnection;
  readonly meter = new Meter();
  readonly channel: RTCDataChannel;
  private audio: RTCRtpSender | null = null;
  private video: RTCRtpSender | null = null;
  private answer = "";
  private framingMs = 20;
  private applied = "";

  constructor(
    private readonly ask: Ask,
    private readonly hasLayers: boolean,
    config: RTCConfiguration,
    public ladder: Ladder,
    private readonly manner: Manner = {},
  ) {
    this.pc = new RTCPeerConnection(config);
    this.channel = this.pc.createDataChannel("hub", { ordered: true, maxRetransmits: 2 });
  }

  /** Offer and be answered; raises the server's refusal. */
  async begin(local: MediaStream | null): Promise<void> {
    const streams = local ? [local] : [];
    const track = (kind: string) => local?.getTracks().find((one) => one.kind === kind);
    const add = (kind: "audio" | "video", more: RTCRtpTransceiverInit = {}) =>
      this.pc.addTransceiver(track(kind) ?? kind, { direction: "sendonly", streams, ...more }).sender;
    if (!this.manner.isSilent) this.audio = add("audio", this.hasLayers ? {} : { sendEncodings: [{ active: false }] });
    this.video = add("video", this.hasLayers ? { sendEncodings: LAYERS.map((layer) => ({ ...layer })) } : {});
    await this.pc.setLocalDescription(await this.pc.createOffer());
    this.answer = (await this.ask("sfu:send", { sdp: await gathered(this.pc) })).sdp;
    await this.pc.setRemoteDescription({ type: "answer", sdp: framed(this.answer, this.framingMs) });
  }

  replace(kind: "audio" | "video", track: MediaStreamTrack | null): void {
    void this[kind]?.replaceTrack(track);
  }

  apply(need: Need, again = false): void {
    const own = STEPS[this.ladder.at]!;
    const weakest = STEPS[Math.max(this.ladder.at, need.weakest)]!;
    const key = `${own.rung} ${need.speaks} ${need.best} ${weakest.rung}`;
    if (this.pc.connectionState !== "connected" || (key === this.applied && !again)) return;
    this.applied = key;
    void encode(this.audio, need.speaks ? audioOf(own.audioKbps && (weakest.audioKbps ?? STEPS[STEPS.length - 2]!.audioKbps)) : null);
    if (this.hasLayers) void encodeLayers(this.video, this.layer(need.best));
    else void encode(this.video, (this.manner.picture ?? pictureOf)(own, this.video?.track ?? null));
    void this.frame(framing(weakest));
  }

  close(): void {
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  /** The largest size that somebody can use and the line up carries; null: no moving picture at all. */
  private layer(best: number): number | null {
    if (!STEPS[this.ladder.at]!.video) return null;
    return Math.min(SMALLEST, Math.max(this.ladder.at, best));
  }

  /** Speech in packets of so many milliseconds, agreed anew with what the forwarder answered before. */
  private async frame(ms: number): Promise<void> {
    if (ms === this.framingMs || !this.answer) return;
    this.framingMs = ms;
    try {
      await this.pc.setLocalDescription(await this.pc.createOffer());
      await this.pc.setRemoteDescription({ type: "answer", sdp: framed(this.answer, ms) });
    } catch {
      // Packets stay as they are; only headers weigh more.
    }
  }
}
