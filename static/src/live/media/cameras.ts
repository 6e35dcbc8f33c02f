/**
 * Phones as document cameras: whose picture goes where, and how it gives way. Pure.
 *
 * A document camera's picture has a place of its own beside that of its class. It is the first to give way in its room:
 * one bad measurement is enough, it climbs half as fast, and it is never on a better rung than the room's own line.
 */
import type { State } from "../state.ts";
import { measured, STEPS, type Ladder, type Sample, type Step } from "./ladder.ts";
import { limitOf, STILL_RUNG, VILLAGE_TOP } from "./lines.ts";

/** Places from here on are those of document cameras. */
const CAMERAS = 100;
/** The rung on which nothing is sent: what is below it is for speech. */
export const SILENT_RUNG = STILL_RUNG + 1;
/** Writing on paper wants to be sharp, not to move. */
const PICTURES: Partial<Record<Step["rung"], { height: number; fps: number; kbps: number }>> = {
  video360: { height: 720, fps: 5, kbps: 300 },
  video180: { height: 360, fps: 3, kbps: 70 },
};

export function cameraPlace(site: number): number {
  return CAMERAS + site;
}

export function isCamera(place: number): boolean {
  return place >= CAMERAS;
}

/** What is asked of the forwarder to fill a place. */
export function wantedAt(place: number): { site: number; source?: "camera" } {
  return isCamera(place) ? { site: place - CAMERAS, source: "camera" } : { site: place };
}

/** Whether a class has a phone that films now. */
export function hasCamera(state: State, site: number): boolean {
  return state.cameras[String(site)]?.device != null;
}

/** The class whose document camera all are shown, or null. */
export function shownToAll(state: State): number | null {
  const { shown_camera: shown } = state;
  return shown !== null && hasCamera(state, shown) ? shown : null;
}

/** Whether other classes can be shown the document camera of this one: its phone sends once, and a star ends at the lead. */
export function reachesAll(state: State, site: number): boolean {
  return site === 0 || state.route === "sfu";
}

/** Which places this device is to fill with the pictures of which phones: the lead's all, a class's what all are shown. */
export function camerasFor(state: State, site: number, device: string): Map<number, string> {
  const found = new Map<number, string>();
  if (state.phase === "ended" || state.audio[String(site)] !== device) return found;
  const shown = shownToAll(state);
  for (const [key, camera] of Object.entries(state.cameras)) {
    const at = Number(key);
    const isWanted = site === 0 || (at === shown && at !== site && reachesAll(state, at));
    if (isWanted && camera.device) found.set(cameraPlace(at), camera.device);
  }
  return found;
}

/** To whom a phone sends straight: the lead's device, and all others when it films for the lead's class and is shown to all. */
export function receiversOf(state: State, site: number, device: string): Map<string, number> {
  const found = new Map<string, number>();
  if (!films(state, site, device) || state.route === "sfu") return found;
  for (const [key, other] of Object.entries(state.audio)) {
    const at = Number(key);
    if (at === 0 || (site === 0 && shownToAll(state) === 0)) found.set(other, at);
  }
  return found;
}

/** Whether this phone is the document camera of the class now. */
export function films(state: State, site: number, device: string): boolean {
  return state.phase !== "ended" && state.cameras[String(site)]?.device === device;
}

/** The best rung of a phone's picture on the line of a class. */
export function cameraTop(state: State, village: number): number {
  const line = STEPS.findIndex((step) => step.rung === state.links[String(village)]?.rung);
  return Math.min(SILENT_RUNG, Math.max(VILLAGE_TOP, line, limitOf(state, village)));
}

/** The ladder of a document camera after one more measurement. */
export function measuredCamera(ladder: Ladder, sample: Sample, seconds: number): Ladder {
  const next = measured({ ...ladder, badInRow: Math.max(1, ladder.badInRow) }, sample, seconds / 2);
  return { ...next, at: Math.min(SILENT_RUNG, next.at) };
}

/** What the phone's sender is told to send on a rung, or null for no moving picture. */
export function documentPicture(step: Step, track: MediaStreamTrack | null): Partial<RTCRtpEncodingParameters> | null {
  const wanted = PICTURES[step.rung];
  if (!wanted) return null;
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  // A phone that is held upright gives a picture that is higher than wide.
  const from = Math.min(width || Infinity, height || Infinity);
  return { maxBitrate: wanted.kbps * 1000, maxFramerate: wanted.fps, scaleResolutionDownBy: Number.isFinite(from) ? Math.max(1, from / wanted.height) : 1 };
}
