/** What the measurements of a room mean for its lesson. Pure. */
import { STEPS, type Rung } from "../media/ladder.ts";

export type Echo = "good" | "some" | "bad" | "unknown";

/** What a check found; null: it could not be measured. As the server takes it. */
export interface Found {
  up_kbps: number | null;
  down_kbps: number | null;
  rtt_ms: number | null;
  camera: boolean;
  mic: boolean;
  echo: Echo;
  relay: boolean | null;
  rung: Rung;
  note: string;
}

/** A lesson may take so much of what the line gave while nothing else was on it. */
const SHARE = 0.7;

/** The best rung that the narrower way carries; what was not measured at all is not counted on. */
export function predicted(upKbps: number | null, downKbps: number | null): Rung {
  const given = SHARE * Math.min(upKbps ?? 0, downKbps ?? 0);
  return STEPS.find((step) => step.needKbps <= given)?.rung ?? "text";
}

/** Below this nobody hears it, however much it rose. */
const AUDIBLE_DB = -75;
const SOME_DB = 8;
const BAD_DB = 20;

/** How loud a tone came back, by the level of its pitch before and while it sounded; null when it could not be heard. */
export function echoOf(quietDb: number | null, toneDb: number | null): Echo {
  if (quietDb === null || toneDb === null || !Number.isFinite(toneDb)) return "unknown";
  const rise = toneDb - Math.max(quietDb, -120);
  if (toneDb < AUDIBLE_DB || rise < SOME_DB) return "good";
  return rise < BAD_DB ? "some" : "bad";
}

const LOUD = 0.012;

/** Whether levels (0 to 1) are those of a microphone that hears: they rise, and they move. */
export function hears(levels: readonly number[]): boolean {
  const most = Math.max(0, ...levels);
  return most > LOUD && most > 1.8 * Math.min(...levels);
}

/** Whether the room can take part at all, can with something lacking, or is well; as the server judges it. */
export function healthOf(found: Found): "well" | "fair" | "poor" {
  if (!found.mic || found.rung === "text") return "poor";
  const isSeen = found.rung.startsWith("video");
  const isWell = found.camera && (found.echo === "good" || found.echo === "unknown") && found.relay !== false && isSeen;
  return isWell ? "well" : "fair";
}
