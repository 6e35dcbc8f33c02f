/**
 * What a connection's statistics say about the way to the other side and about the sound that comes from it.
 *
 * Browsers count from the beginning; `Meter` turns two readings into what happened between them.
 */
import type { Sample } from "./ladder.ts";

interface Totals {
  sentBytes: number;
  receivedBytes: number;
  samples: number;
  concealed: number;
  packets: number;
  lost: number;
  frames: number;
}

export interface Reading extends Sample {
  /** Share of the sound heard here that had to be invented since the last reading; the other side wants to know. */
  heardConcealed: number | null;
  /** Share of the packets towards here that did not come. */
  heardLoss: number | null;
  /** Pictures that came since the last reading. */
  frames: number;
  sentKbps: number;
  receivedKbps: number;
}

export class Meter {
  private last: Totals | null = null;
  private at = 0;

  /** Read a connection's report; `told` is the concealed share that the other side told us. */
  read(report: RTCStatsReport, told: number | null, now = performance.now()): Reading | null {
    const totals: Totals = { sentBytes: 0, receivedBytes: 0, samples: 0, concealed: 0, packets: 0, lost: 0, frames: 0 };
    let estimateKbps: number | null = null;
    let rttMs: number | null = null;
    let loss: number | null = null;
    report.forEach((part) => {
      if (part.type === "transport") {
        totals.sentBytes += part.bytesSent ?? 0;
        totals.receivedBytes += part.bytesReceived ?? 0;
      }
      if (part.type === "candidate-pair" && part.nominated && part.state === "succeeded") {
        if (part.availableOutgoingBitrate) estimateKbps = part.availableOutgoingBitrate / 1000;
        if (part.currentRoundTripTime) rttMs = part.currentRoundTripTime * 1000;
      }
      if (part.type === "remote-inbound-rtp" && part.fractionLost !== undefined) loss = Math.max(loss ?? 0, part.fractionLost);
      if (part.type === "inbound-rtp") {
        totals.packets += part.packetsReceived ?? 0;
        totals.lost += part.packetsLost ?? 0;
        totals.frames += part.framesDecoded ?? 0;
      }
      if (part.type === "inbound-rtp" && part.kind === "audio") {
        totals.samples += part.totalSamplesReceived ?? 0;
        totals.concealed += Math.max(0, (part.concealedSamples ?? 0) - (part.silentConcealedSamples ?? 0));
      }
    });
    const before = this.last;
    const seconds = (now - this.at) / 1000;
    this.last = totals;
    this.at = now;
    if (!before || seconds <= 0) return null;
    const heard = totals.samples - before.samples;
    const [came, lost] = [Math.max(0, totals.packets - before.packets), Math.max(0, totals.lost - before.lost)];
    return {
      estimateKbps,
      rttMs,
      loss,
      concealed: told,
      heardConcealed: heard > 0 ? Math.max(0, totals.concealed - before.concealed) / heard : null,
      heardLoss: came + lost > 0 ? lost / (came + lost) : null,
      frames: Math.max(0, totals.frames - before.frames),
      sentKbps: (Math.max(0, totals.sentBytes - before.sentBytes) * 8) / 1000 / seconds,
      receivedKbps: (Math.max(0, totals.receivedBytes - before.receivedBytes) * 8) / 1000 / seconds,
    };
  }
}
