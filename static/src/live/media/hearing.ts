/** What a device hears and sees of one other room, or sees of its document camera, through the forwarder, on the rung that its own line carries. */
import { wantedAt } from "./cameras.ts";
import { gathered } from "./encoding.ts";
import type { Ladder, Rung } from "./ladder.ts";
import { STEPS } from "./ladder.ts";
import { Meter } from "./quality.ts";
import type { Ask } from "./sending.ts";

interface Shown {
  stream(stream: MediaStream): void;
  still(picture: ArrayBuffer): void;
}

export class Hearing {
  readonly pc: RTCPeerConnection;
  readonly meter = new Meter();
  /** What the forwarder was told last, and since when it could be: a connection that ended took it along. */
  private tuned: { rung: Rung; by: number } | null = null;
  private isUp = false;

  constructor(
    private readonly ask: Ask,
    /** A class, or the place of its document camera. */
    readonly site: number,
    config: RTCConfiguration,
    public ladder: Ladder,
    private readonly shown: Shown,
  ) {
    this.pc = new RTCPeerConnection(config);
    this.pc.ontrack = ({ streams, track }) => shown.stream(streams[0] ?? new MediaStream([track]));
    this.pc.ondatachannel = ({ channel }) => this.listen(channel, shown);
  }

  /** Be offered what the other room sends and answer; raises the server's refusal. `by`: see `tune`. */
  async begin(by: number): Promise<void> {
    const wanted = wantedAt(this.site);
    const { rung } = STEPS[this.ladder.at]!;
    const { sdp } = await this.ask("sfu:hear", { ...wanted, rung });
    this.tuned = { rung, by };
    await this.pc.setRemoteDescription({ type: "offer", sdp });
    // The forwarder passes nothing on to who opened no channel of their own.
    this.listen(this.pc.createDataChannel("hub"), this.shown);
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    await this.ask("sfu:answer", { ...wanted, sdp: await gathered(this.pc) });
    this.isUp = true;
    await this.tune(by);
  }

  /**
   * Be sent what the rung of the ladder carries from now on; raises when the forwarder knows us no more.
   *
   * `by` names the connection that it is asked over: who was cut off is sent no pictures, and asks anew.
   */
  async tune(by: number): Promise<void> {
    const { rung, video } = STEPS[this.ladder.at]!;
    if (!this.isUp || (rung === this.tuned?.rung && (by === this.tuned.by || !video))) return;
    const before = this.tuned;
    this.tuned = { rung, by };
    try {
      await this.ask("sfu:tune", { ...wantedAt(this.site), rung });
    } catch (error) {
      this.tuned = before;
      throw error;
    }
  }

  private listen(channel: RTCDataChannel, shown: Shown): void {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => data instanceof ArrayBuffer && shown.still(data);
  }

  close(): void {
    this.pc.ontrack = this.pc.ondatachannel = this.pc.onconnectionstatechange = null;
    this.pc.close();
  }
}
