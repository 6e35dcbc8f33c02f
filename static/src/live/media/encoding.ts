/** What a sender of sound or picture is told to send, by the rung that its line is on. */
import type { Step } from "./ladder.ts";

const GATHER_MS = 1_500;

type Encoding = Partial<RTCRtpEncodingParameters>;

/** Sizes of the lead's picture through a forwarder, the best first: as the forwarder wants them named and ordered. */
export const LAYERS: readonly (Required<Pick<RTCRtpEncodingParameters, "rid" | "maxBitrate" | "maxFramerate" | "scaleResolutionDownBy">>)[] = [
  { rid: "h", maxBitrate: 900_000, maxFramerate: 20, scaleResolutionDownBy: 1 },
  { rid: "m", maxBitrate: 300_000, maxFramerate: 15, scaleResolutionDownBy: 2 },
  { rid: "l", maxBitrate: 70_000, maxFramerate: 8, scaleResolutionDownBy: 4 },
];

/** Let a sender send as wanted, or (null) nothing. */
export async function encode(sender: RTCRtpSender | null, wanted: Encoding | null): Promise<void> {
  await change(sender, (encoding) => {
    encoding.active = wanted !== null;
    Object.assign(encoding, wanted ?? {});
  });
}

/** Let a sender of several sizes send those from the place `best` to the place `least` in LAYERS, or (null) none. */
export async function encodeLayers(sender: RTCRtpSender | null, best: number | null): Promise<void> {
  await change(sender, (encoding, at) => (encoding.active = best !== null && at >= best));
}

export function audioOf(kbps: number | null): Encoding | null {
  return kbps ? { maxBitrate: kbps * 1000 } : null;
}

export function pictureOf(step: Step, track: MediaStreamTrack | null): Encoding | null {
  if (!step.video) return null;
  const { height, fps, kbps } = step.video;
  const from = track?.getSettings().height ?? height;
  return { maxBitrate: kbps * 1000, maxFramerate: fps, scaleResolutionDownBy: Math.max(1, from / height) };
}

/** The description of our side with the addresses at which we can be found; those that take long are found without. */
export async function gathered(pc: RTCPeerConnection): Promise<string> {
  if (pc.iceGatheringState !== "complete") {
    await new Promise<void>((done) => {
      setTimeout(done, GATHER_MS);
      pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
    });
  }
  return pc.localDescription!.sdp;
}

async function change(sender: RTCRtpSender | null, how: (encoding: RTCRtpEncodingParameters, at: number) => void): Promise<void> {
  const parameters = sender?.getParameters();
  if (!parameters?.encodings.length) return; // not agreed yet; applied again when the line is up
  parameters.encodings.forEach(how);
  await sender!.setParameters(parameters).catch(() => undefined);
}
