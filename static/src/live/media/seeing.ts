/**
 * Pictures of document cameras as they come straight from their phones: the phone offers, this side only looks.
 *
 * Through a forwarder they come as everything else does (forward.ts); then nothing comes here.
 */
import type { LessonClient } from "../client.ts";
import { camerasFor } from "./cameras.ts";
import { Early } from "./early.ts";
import { STEPS, type Rung } from "./ladder.ts";
import type { Shown } from "./lines.ts";
import { Peer, type Signal } from "./peer.ts";
import { stillOf } from "./stills.ts";

interface Line {
  peer: Peer;
  place: number;
}

export class Seeing {
  private readonly lines = new Map<string, Line>();
  private readonly early = new Early();

  constructor(
    private readonly client: LessonClient,
    private readonly site: number,
    private readonly config: RTCConfiguration,
    private readonly shown: Shown,
  ) {}

  /** Call when the lesson's state changed. */
  follow(): void {
    const { state, device } = this.client;
    const wanted = state.route === "sfu" ? new Map<number, string>() : camerasFor(state, this.site, device);
    const phones = new Set(wanted.values());
    for (const phone of [...this.lines.keys()]) if (!phones.has(phone)) this.drop(phone);
    for (const [place, phone] of wanted) if (!this.lines.has(phone)) this.connect(phone, place);
  }

  /** Call with every signal of a phone. */
  async receive(phone: string, signal: Signal): Promise<void> {
    this.follow();
    const line = this.lines.get(phone);
    if (line) await line.peer.receive(signal);
    else this.early.keep(phone, signal);
  }

  /** Call when this device is back in the lesson. */
  mend(): void {
    for (const { peer } of this.lines.values()) peer.mend();
  }

  close(): void {
    for (const phone of [...this.lines.keys()]) this.drop(phone);
  }

  private connect(phone: string, place: number): void {
    const peer = new Peer(phone, false, this.config, {
      send: (signal) => this.client.signal(phone, { ...signal }),
      track: (_track, stream) => this.shown.stream?.(place, stream),
      channel: (channel) => (channel.onmessage = ({ data }) => this.told(place, data)),
      state: (state) => this.shown.line?.(place, state),
    });
    this.lines.set(phone, { peer, place });
    for (const signal of this.early.take(phone)) void peer.receive(signal);
  }

  private told(place: number, data: unknown): void {
    if (typeof data !== "string") return this.shown.still?.(place, stillOf(data as ArrayBuffer));
    const { rung } = JSON.parse(data) as { rung?: Rung };
    const step = STEPS.find((one) => one.rung === rung);
    if (step) this.shown.moving?.(place, step.video !== null);
  }

  private drop(phone: string): void {
    const line = this.lines.get(phone);
    if (!line) return;
    this.lines.delete(phone);
    line.peer.close();
    this.shown.stream?.(line.place, null);
  }
}
