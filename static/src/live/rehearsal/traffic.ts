/**
 * The traffic of a lesson from this device to itself, by the relay: up and down the line of the room, as in the lesson.
 *
 * The same ladder that a lesson has decides what is sent; where it stands in the end is what the line carries.
 */
import { audioOf, encode, gathered, pictureOf } from "../media/encoding";
import { framing, LOWEST, measured, newLadder, STEPS, type Rung, type Step } from "../media/ladder";
import { framed } from "../media/peer";
import { Meter } from "../media/quality";
import { makeMedia, type Made } from "./made";
import type { Tried } from "./outcome";

const CONNECTS_MS = 20_000;
const SECOND_MS = 1_000;
/** Of the last seconds speech is counted: before them the ladder may still have been looking. */
const HEARD_S = 10;

/** Send for so many seconds; null when the relay was not reached or the browser cannot. `told` is called each second with those left. */
export async function tryTraffic(servers: RTCIceServer[], from: Rung, seconds: number, told: (left: number) => void, signal: AbortSignal): Promise<Tried | null> {
  if (typeof RTCPeerConnection === "undefined" || !servers.length) return null;
  return within(servers, async (pair) => ((await pair.connect(signal)) ? pair.run(from, seconds, told, signal) : null)).catch((error: unknown) => {
    console.info("the traffic of a lesson could not be tried", error);
    return null;
  });
}

/** Whether the relay lets a connection through by TCP alone; null when it has no such way. */
export async function tcpAnswers(servers: RTCIceServer[], signal: AbortSignal): Promise<boolean | null> {
  const only = servers
    .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => url.includes("transport=tcp")) }))
    .filter((server) => server.urls.length > 0);
  if (!only.length || typeof RTCPeerConnection === "undefined") return null;
  return within(only, (pair) => pair.connect(signal)).catch(() => false);
}

async function within<Found>(servers: RTCIceServer[], act: (pair: Pair) => Promise<Found>): Promise<Found> {
  const made = makeMedia();
  const pair = new Pair(servers, made);
  try {
    return await act(pair);
  } finally {
    pair.close();
    made.stop();
  }
}

class Pair {
  private readonly here: RTCPeerConnection;
  private readonly there: RTCPeerConnection;
  private readonly audio: RTCRtpSender;
  private readonly video: RTCRtpSender;
  private framingMs = 0;

  constructor(servers: RTCIceServer[], private readonly made: Made) {
    const config: RTCConfiguration = { iceServers: servers, iceTransportPolicy: "relay" };
    this.here = new RTCPeerConnection(config);
    this.there = new RTCPeerConnection(config);
    const stream = new MediaStream([made.sound, made.picture]);
    this.audio = this.here.addTrack(made.sound, stream);
    this.video = this.here.addTrack(made.picture, stream);
  }

  async connect(signal: AbortSignal): Promise<boolean> {
    await this.agree(framing(STEPS[0]!));
    const ends = performance.now() + CONNECTS_MS;
    while (this.here.connectionState !== "connected") {
      if (signal.aborted || performance.now() > ends || this.here.connectionState === "failed") return false;
      await pause(100);
    }
    return true;
  }

  async run(from: Rung, seconds: number, told: (left: number) => void, signal: AbortSignal): Promise<Tried | null> {
    const start = STEPS.findIndex((step) => step.rung === from);
    // Begun on speech at least: what the speed denies may still come through.
    let ladder = newLadder(0, Math.min(start, LOWEST - 1));
    await this.send(STEPS[ladder.at]!);
    const sending = new Meter();
    const hearing = new Meter();
    const heard: number[] = [];
    for (let left = seconds; left > 0; left -= 1) {
      told(left);
      await pause(SECOND_MS);
      if (signal.aborted) return null;
      const there = hearing.read(await this.there.getStats(), null);
      const here = sending.read(await this.here.getStats(), there?.heardConcealed ?? null);
      if (!here || !there) continue;
      if (there.heardConcealed !== null) heard.push(there.heardConcealed);
      const next = measured(ladder, { estimateKbps: here.estimateKbps, rttMs: here.rttMs, loss: here.loss ?? there.heardLoss, concealed: there.heardConcealed }, 1);
      if (next.at !== ladder.at) await this.send(STEPS[next.at]!);
      ladder = next;
    }
    const last = heard.slice(-HEARD_S);
    const concealed = last.length ? last.reduce((sum, one) => sum + one, 0) / last.length : null;
    return { from, rung: STEPS[ladder.at]!.rung, path: await this.path(), concealed: concealed === null ? null : Math.round(concealed * 1000) / 1000 };
  }

  close(): void {
    this.here.close();
    this.there.close();
  }

  private async send(step: Step): Promise<void> {
    if (this.framingMs !== framing(step)) await this.agree(framing(step));
    await encode(this.audio, audioOf(step.audioKbps));
    await encode(this.video, pictureOf(step, this.made.picture));
  }

  /** Agree on packets of speech of so many milliseconds, each as full as in talking: a tone alone would take less. */
  private async agree(ms: number): Promise<void> {
    this.framingMs = ms;
    await this.here.setLocalDescription(await this.here.createOffer());
    await this.there.setRemoteDescription({ type: "offer", sdp: await gathered(this.here) });
    await this.there.setLocalDescription(await this.there.createAnswer());
    const answer = (await gathered(this.there)).replace(/^(a=fmtp:\d+ [^\r\n]*useinbandfec=1[^\r\n]*)/gm, "$1;cbr=1");
    await this.here.setRemoteDescription({ type: "answer", sdp: framed(answer, ms) });
  }

  private async path(): Promise<"udp" | "tcp"> {
    const stats = await this.here.getStats();
    let protocol = "udp";
    stats.forEach((part) => {
      if (part.type !== "transport") return;
      const pair = stats.get(part.selectedCandidatePairId);
      protocol = (pair && stats.get(pair.localCandidateId)?.relayProtocol) || protocol;
    });
    return protocol === "udp" ? "udp" : "tcp";
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
