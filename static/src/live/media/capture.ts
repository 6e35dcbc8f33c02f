/**
 * Camera and microphone of this device, as they are asked for; and which of several was chosen here before.
 *
 * A choice is kept by this browser alone. A device that is gone is passed over.
 */
import { openDevices } from "./devices.ts";

export type Own = "off" | "asking" | "on" | "refused" | "missing" | "insecure";
export type Kind = "audio" | "video";
/** `speaker` is chosen too, and opened by nobody. */
export type Choice = Partial<Record<Kind | "speaker", string>>;

const SPEECH: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const LEAD_PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 20 } };
const VILLAGE_PICTURE: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 } };
const CHOICE = "hub-media-choice";

/** Camera and microphone, or what of them there is; and what to say about it. */
export async function capture(site: number): Promise<[MediaStream | null, Own]> {
  const audio = wish("audio", site);
  const video = wish("video", site);
  let refused = false;
  for (const wanted of [{ audio, video }, { audio }, { video }]) {
    const found = await openDevices(wanted);
    if (found === "insecure") return [null, found];
    if (typeof found !== "string") return [found, "on"];
    refused ||= found === "denied";
  }
  return [null, refused ? "refused" : "missing"];
}

/** One more track of a kind, by a device that was chosen or that has come back; null when there is none. */
export async function another(kind: Kind, site: number): Promise<MediaStreamTrack | null> {
  const found = await openDevices({ [kind]: wish(kind, site) });
  return typeof found === "string" ? null : (found.getTracks()[0] ?? null);
}

export function chosen(): Choice {
  try {
    return JSON.parse(localStorage.getItem(CHOICE) ?? "{}") as Choice;
  } catch {
    return {};
  }
}

export function choose(choice: Choice): void {
  try {
    localStorage.setItem(CHOICE, JSON.stringify({ ...chosen(), ...choice }));
  } catch {
    // Storage is refused: the browser will choose again.
  }
}

/** What is wanted of a camera or microphone, from the one that was chosen here if it is there. */
export function byChoice(kind: Kind, wanted: MediaTrackConstraints): MediaTrackConstraints {
  const id = chosen()[kind];
  return id ? { ...wanted, deviceId: { ideal: id } } : wanted;
}

function wish(kind: Kind, site: number): MediaTrackConstraints {
  return byChoice(kind, kind === "audio" ? SPEECH : site === 0 ? LEAD_PICTURE : VILLAGE_PICTURE);
}
