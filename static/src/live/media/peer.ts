/**
 * One connection of sound and picture to another device of the lesson, that heals by itself.
 *
 * Perfect negotiation: both sides may offer at any time, the polite one gives way. What is sent while the
 * other side is cut off is lost, so whenever either side is back in the lesson a connection that is not up
 * is offered anew. Signals of an earlier life of the other side's page are told apart by its device.
 */

export interface Signal {
  description?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit | null;
}

export interface Wiring {
  /** The other side's offer is known and about to be answered: time to say what we give. */
  answering?(pc: RTCPeerConnection): void;
  send(signal: Signal): Promise<boolean>;
  track(track: MediaStreamTrack, stream: MediaStream): void;
  channel(channel: RTCDataChannel): void;
  state(state: RTCPeerConnectionState): void;
}

export class Peer {
  readonly pc: RTCPeerConnection;
  /** For what is small and may be lost: stills, and what the other side measured. */
  readonly channel: RTCDataChannel;
  private framingMs = 20;
  private isOffering = false;
  private ignoresOffer = false;
  private isClosed = false;

  constructor(
    readonly device: string,
    private readonly isPolite: boolean,
    config: RTCConfiguration,
    private readonly wiring: Wiring,
  ) {
    this.pc = new RTCPeerConnection(config);
    this.channel = this.pc.createDataChannel("hub", { negotiated: true, id: 1, ordered: true, maxRetransmits: 2 });
    this.channel.binaryType = "arraybuffer";
    wiring.channel(this.channel);
    this.pc.onnegotiationneeded = () => void this.offer();
    this.pc.onicecandidate = ({ candidate }) => void this.wiring.send({ candidate: candidate?.toJSON() ?? null });
    this.pc.ontrack = ({ track, streams }) => this.wiring.track(track, streams[0] ?? new MediaStream([track]));
    this.pc.onconnectionstatechange = () => this.stateChanged();
  }

  get isUp(): boolean {
    return this.pc.connectionState === "connected";
  }

  async receive({ description, candidate }: Signal): Promise<void> {
    if (this.isClosed) return;
    if (description) await this.describe(description);
    else if (candidate) await this.pc.addIceCandidate(candidate).catch((error) => this.unlessIgnored(error));
  }

  /** Let each packet of speech from here hold so many milliseconds; agreed anew when it changes. */
  frame(ms: number): void {
    if (ms === this.framingMs) return;
    this.framingMs = ms;
    if (this.isUp) void this.offer();
  }

  /** Offer again when the way is not up: after our socket came back, or theirs. */
  mend(): void {
    if (this.isClosed || this.isUp) return;
    this.pc.restartIce();
    // A restart alone asks for an offer only from a stable state; an offer that was lost leaves another one.
    if (this.pc.signalingState === "have-local-offer") void this.offer();
  }

  close(): void {
    this.isClosed = true;
    this.pc.onnegotiationneeded = this.pc.onicecandidate = this.pc.ontrack = this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  private async offer(): Promise<void> {
    if (this.isClosed) return;
    try {
      this.isOffering = true;
      await this.pc.setLocalDescription();
      if (this.pc.localDescription) await this.wiring.send({ description: this.pc.localDescription.toJSON() });
    } catch {
      // The other side's offer came first and is being answered.
    } finally {
      this.isOffering = false;
    }
  }

  private async describe(description: RTCSessionDescriptionInit): Promise<void> {
    const collides = description.type === "offer" && (this.isOffering || this.pc.signalingState !== "stable");
    this.ignoresOffer = !this.isPolite && collides;
    if (this.ignoresOffer) return;
    if (description.type === "answer" && this.pc.signalingState !== "have-local-offer") return; // of an offer long replaced
    await this.pc.setRemoteDescription({ ...description, sdp: framed(description.sdp ?? "", this.framingMs) });
    if (description.type !== "offer") return;
    this.wiring.answering?.(this.pc);
    await this.pc.setLocalDescription();
    if (this.pc.localDescription) await this.wiring.send({ description: this.pc.localDescription.toJSON() });
  }

  private stateChanged(): void {
    const state = this.pc.connectionState;
    this.wiring.state(state);
    if (state === "failed") this.mend();
  }

  private unlessIgnored(error: unknown): void {
    if (!this.ignoresOffer && !this.isClosed) console.info("a candidate was of no use", error);
  }
}

/** A description that asks for speech in packets of so many milliseconds; it is read by who sends to it. */
export function framed(sdp: string, ms: number): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((part) => (part.startsWith("m=audio") ? `${part.replace(/^a=(?:max)?ptime:.*\r?\n/gm, "")}a=ptime:${ms}\r\na=maxptime:${Math.max(ms, 60)}\r\n` : part))
    .join("");
}
