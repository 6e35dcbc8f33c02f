/**
 * One connection of sound and picture to another device of the lesson, that heals by itself.
 *
 * The lead's device offers, the other answers and may ask for an offer: two offers can never cross. Every offer
 * has its number, and an answer to another one than the last is passed over. What is sent while a side is cut off
 * is lost, so whenever either is back in the lesson a connection that is not up is offered anew.
 */

export interface Signal {
  description?: RTCSessionDescriptionInit;
  /** Of an offer, and of the answer to it. */
  round?: number;
  candidate?: RTCIceCandidateInit | null;
  /** Please offer: what was agreed is to change, or (`anew`) the way is to be looked for again. */
  please?: "offer" | "anew";
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
  private round = 0;
  private isClosed = false;
  /** One thing after the other: descriptions and candidates keep their order. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    readonly device: string,
    private readonly isCaller: boolean,
    config: RTCConfiguration,
    private readonly wiring: Wiring,
  ) {
    this.pc = new RTCPeerConnection(config);
    this.channel = this.pc.createDataChannel("hub", { negotiated: true, id: 1, ordered: true, maxRetransmits: 2 });
    this.channel.binaryType = "arraybuffer";
    wiring.channel(this.channel);
    // Who answers is asked for what it gives when the offer comes.
    this.pc.onnegotiationneeded = () => this.isCaller && this.offer();
    this.pc.onicecandidate = ({ candidate }) => void this.wiring.send({ candidate: candidate?.toJSON() ?? null });
    this.pc.ontrack = ({ track, streams }) => this.wiring.track(track, streams[0] ?? new MediaStream([track]));
    this.pc.onconnectionstatechange = () => this.stateChanged();
  }

  get isUp(): boolean {
    return this.pc.connectionState === "connected";
  }

  receive(signal: Signal): Promise<void> {
    return this.next(() => this.take(signal));
  }

  /** Let each packet of speech from here hold so many milliseconds; agreed anew when it changes. */
  frame(ms: number): void {
    if (ms === this.framingMs) return;
    this.framingMs = ms;
    if (!this.isUp) return;
    if (this.isCaller) this.offer();
    else void this.wiring.send({ please: "offer" });
  }

  /** Look for a way anew when there is none: after our socket came back, or theirs. */
  mend(): void {
    if (this.isClosed || this.isUp) return;
    if (!this.isCaller) return void this.wiring.send({ please: "anew" });
    this.pc.restartIce();
    this.offer();
  }

  close(): void {
    this.isClosed = true;
    this.pc.onnegotiationneeded = this.pc.onicecandidate = this.pc.ontrack = this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  private next(act: () => Promise<void>): Promise<void> {
    const done = this.work.then(() => (this.isClosed ? undefined : act())).catch((error: unknown) => {
      // A late candidate, or what belonged to an earlier try: the next offer mends it.
      if (!this.isClosed) console.info("a signal was of no use", error);
    });
    this.work = done;
    return done;
  }

  private async take({ description, candidate, please, round = 0 }: Signal): Promise<void> {
    if (please) this.asked(please);
    else if (description?.type === "offer") await this.answer(description, round);
    else if (description) await this.agree(description, round);
    else if (candidate) await this.pc.addIceCandidate(candidate);
  }

  private asked(please: "offer" | "anew"): void {
    if (!this.isCaller) return;
    // Though it be up here: a side that gave its way up still answers ours, and comes back by a new one only.
    if (please === "anew") this.pc.restartIce();
    this.offer();
  }

  private offer(): void {
    void this.next(async () => {
      await this.pc.setLocalDescription(await this.pc.createOffer());
      this.round += 1;
      void this.wiring.send({ description: this.pc.localDescription!.toJSON(), round: this.round });
    });
  }

  private async answer(offer: RTCSessionDescriptionInit, round: number): Promise<void> {
    if (this.isCaller) return;
    await this.pc.setRemoteDescription(this.framed(offer));
    this.wiring.answering?.(this.pc);
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    void this.wiring.send({ description: this.pc.localDescription!.toJSON(), round });
  }

  private async agree(answer: RTCSessionDescriptionInit, round: number): Promise<void> {
    if (round !== this.round || this.pc.signalingState !== "have-local-offer") return; // to an offer long replaced
    await this.pc.setRemoteDescription(this.framed(answer));
  }

  private framed(description: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
    return { ...description, sdp: framed(description.sdp ?? "", this.framingMs) };
  }

  private stateChanged(): void {
    const state = this.pc.connectionState;
    this.wiring.state(state);
    if (state === "failed") this.mend();
  }
}

/** A description that asks for speech in packets of so many milliseconds; it is read by who sends to it. */
export function framed(sdp: string, ms: number): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((part) => (part.startsWith("m=audio") ? `${part.replace(/^a=(?:max)?ptime:.*\r?\n/gm, "")}a=ptime:${ms}\r\na=maxptime:${Math.max(ms, 60)}\r\n` : part))
    .join("");
}
