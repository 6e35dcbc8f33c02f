/**
 * A check of a room from camera to slides, one thing after the other, told while it goes on.
 *
 * Rule: whatever fails is a finding in words, never an end of the check.
 */
import { api } from "../../shared/api";
import { byChoice } from "../media/capture";
import { openDevices } from "../media/devices";
import type { Lesson } from "../store";
import { t } from "../words";
import { pagesReady } from "./pages";
import { relayAnswers } from "./relay";
import { Ear } from "./sound";
import { download, measure, roundTrip, upload } from "./speed";
import { hears, predicted, type Found } from "./verdict";

export const STEPS = ["camera", "mic", "echo", "line", "relay", "slides"] as const;
export type Step = (typeof STEPS)[number];
export type Tone = "busy" | "ok" | "warn" | "danger" | "";

export interface Watching {
  told(step: Step, tone: Tone, words: string): void;
  picture(stream: MediaStream): void;
  level(level: number): void;
}

const SPEAK_MS = 8_000;
const SPOKEN_MS = 1_500;

/** Check the room and return what was found, or null when it was put away meanwhile; until then the camera shows its picture. */
export async function checkRoom(lesson: Lesson, watching: Watching, signal: AbortSignal): Promise<Found | null> {
  const { lesson: id } = lesson.props;
  const camera = await openCamera(watching, signal);
  if (signal.aborted) return null;
  const sound = await hearRoom(watching, signal);
  if (signal.aborted) return null;
  const line = await lineOf(id, watching);
  if (signal.aborted) return null;
  const relay = await relayOf(id, watching);
  const note = await slidesOf(lesson, watching);
  return signal.aborted ? null : { camera, ...sound, ...line, relay, rung: predicted(line.up_kbps, line.down_kbps), note };
}

/** Keep what was found; returns the server's words when it could not be kept. */
export async function report(lesson: string, found: Found): Promise<string> {
  try {
    await api(`/api/v1/lessons/${lesson}/checks`, { method: "POST", body: found });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function openCamera(watching: Watching, signal: AbortSignal): Promise<boolean> {
  watching.told("camera", "busy", t("check_camera_now"));
  const stream = await openDevices({ video: byChoice("video", { width: { ideal: 1280 } }) });
  if (typeof stream === "string") return refuse(watching, "camera", stream === "denied" ? "check_camera_denied" : stream === "insecure" ? "check_insecure" : "check_camera_none");
  const stop = (): void => letGo(stream);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  watching.picture(stream);
  watching.told("camera", "ok", t("check_camera_ok"));
  return true;
}

async function hearRoom(watching: Watching, signal: AbortSignal): Promise<Pick<Found, "mic" | "echo">> {
  watching.told("mic", "busy", t("check_mic_now"));
  const stream = await openDevices({ audio: byChoice("audio", { echoCancellation: true, noiseSuppression: false, autoGainControl: true }) });
  if (typeof stream === "string") {
    refuse(watching, "mic", stream === "denied" ? "check_mic_denied" : stream === "insecure" ? "check_insecure" : "check_mic_none");
    watching.told("echo", "", t("check_echo_unknown"));
    return { mic: false, echo: "unknown" };
  }
  const ear = new Ear(stream);
  try {
    const mic = await isHeard(ear, watching, signal);
    watching.told("mic", mic ? "ok" : "danger", t(mic ? "check_mic_ok" : "check_mic_silent"));
    watching.told("echo", "busy", t("check_echo_now"));
    const echo = mic ? await ear.echo() : "unknown";
    watching.told("echo", echo === "good" ? "ok" : echo === "bad" ? "danger" : echo === "some" ? "warn" : "", t(`check_echo_${echo}`));
    return { mic, echo };
  } finally {
    ear.close();
    letGo(stream);
  }
}

/** Whether the level moves within a few seconds; the bar follows it. */
async function isHeard(ear: Ear, watching: Watching, signal: AbortSignal): Promise<boolean> {
  const levels: number[] = [];
  const began = performance.now();
  while (performance.now() - began < SPEAK_MS && !signal.aborted) {
    await new Promise((done) => setTimeout(done, 60));
    levels.push(ear.level());
    watching.level(levels[levels.length - 1]!);
    if (performance.now() - began > SPOKEN_MS && hears(levels)) return true;
  }
  return false;
}

async function lineOf(lesson: string, watching: Watching): Promise<Pick<Found, "up_kbps" | "down_kbps" | "rtt_ms">> {
  watching.told("line", "busy", t("check_line_now"));
  const rtt_ms = await roundTrip(lesson);
  const down_kbps = await measure(download(lesson), rtt_ms ?? 0);
  const up_kbps = await measure(upload(lesson), rtt_ms ?? 0);
  const isWhole = down_kbps !== null && up_kbps !== null;
  const words = t("check_line_found", { up: speedWords(up_kbps), down: speedWords(down_kbps), rtt: rtt_ms ?? "–" });
  watching.told("line", isWhole && predicted(up_kbps, down_kbps).startsWith("video") ? "ok" : isWhole ? "warn" : "danger", words);
  return { up_kbps, down_kbps, rtt_ms };
}

export function speedWords(kbps: number | null): string {
  if (kbps === null) return t("speed_none");
  if (kbps >= 100_000) return t("speed_plenty");
  return kbps >= 1000 ? t("speed_m", { n: (kbps / 1000).toFixed(1) }) : t("speed_k", { n: kbps });
}

async function relayOf(lesson: string, watching: Watching): Promise<boolean | null> {
  watching.told("relay", "busy", t("check_relay_now"));
  const relay = await relayAnswers(lesson).catch(() => false);
  watching.told("relay", relay === null ? "" : relay ? "ok" : "warn", t(relay === null ? "check_relay_none" : relay ? "check_relay_ok" : "check_relay_bad"));
  return relay;
}

async function slidesOf(lesson: Lesson, watching: Watching): Promise<string> {
  watching.told("slides", "busy", t("check_slides_now"));
  const { ready, all } = await pagesReady(lesson.slides, window.innerWidth * Math.min(window.devicePixelRatio || 1, 2));
  const isWhole = ready === all;
  watching.told("slides", all === 0 ? "" : isWhole ? "ok" : "warn", t(all === 0 ? "check_slides_none" : isWhole ? "check_slides_ok" : "check_slides_part", { n: ready, all }));
  return isWhole ? "" : t("check_slides_part", { n: ready, all });
}

function letGo(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}

function refuse(watching: Watching, step: Step, word: "check_camera_denied" | "check_camera_none" | "check_mic_denied" | "check_mic_none" | "check_insecure"): false {
  watching.told(step, "danger", t(word));
  return false;
}
