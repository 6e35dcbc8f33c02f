/** What is to be said of each class: whether it is there, on which rung, how long it said nothing. Pure but for the clock given. */
import { nameOf, receivers } from "./props";
import type { State } from "./state";
import type { Lesson } from "./store";
import { span, t, type Word } from "./words";

export interface Presence {
  kind: "there" | "partly" | "lost" | "never";
  words: string;
}

/** So long without a word from a class until the lead is told, and until turns are compared. */
const SILENT_MS = 6 * 60_000;
const UNFAIR_TURNS = 2;

const RUNGS: Record<string, Word> = {
  video720: "rung_video720", video360: "rung_video360", video180: "rung_video180", still: "rung_still",
  audio24: "rung_audio", audio16: "rung_audio", audio12: "rung_audio12", text: "rung_text", off: "rung_off",
};

export function rungWords(lesson: Lesson, site: number): string {
  const word = RUNGS[lesson.state.links[String(site)]?.rung ?? ""];
  if (!word) return "";
  return lesson.state.limits[String(site)] ? t("rung_limited", { rung: t(word) }) : t(word);
}

/** Who of a class is in the lesson: its screen, its assistant, both, or nobody. */
export function presenceOf(lesson: Lesson, site: number, now: number): Presence {
  const { seats } = lesson.state;
  const hasScreen = `class:${site}` in seats;
  const hasPerson = (site === 0 ? "lead" : `assist:${site}`) in seats;
  if (hasScreen && hasPerson) return { kind: "there", words: t("online") };
  if (hasScreen) return { kind: site === 0 ? "there" : "partly", words: t(site === 0 ? "online" : "online_screen") };
  const screenLeft = lesson.activity.leftAt(`class:${site}`);
  if (hasPerson && screenLeft) return { kind: "partly", words: t("screen_lost_since", { time: span(now - screenLeft) }) };
  if (hasPerson) return { kind: "partly", words: t(site === 0 ? "online_lead" : "online_assist") };
  if (!lesson.activity.wasSeen(site, lesson.state)) return { kind: "never", words: t("not_yet") };
  const left = Math.max(screenLeft, lesson.activity.leftAt(`assist:${site}`));
  return { kind: "lost", words: left ? t("lost_since", { time: span(now - left) }) : t("lost") };
}

export interface Watch {
  /** `boards`: without sound and picture; `coming`: not yet known. */
  kind: "there" | "coming" | "boards" | "lost" | "never";
  words: string;
}

/** What a class has of a lesson that it only watches; its screen says so, nobody needs to stand beside it. */
export function watchOf(lesson: Lesson, site: number, now: number): Watch {
  const presence = presenceOf(lesson, site, now);
  if (presence.kind === "lost" || presence.kind === "never") return { kind: presence.kind, words: presence.words };
  if (!(`class:${site}` in lesson.state.seats)) return { kind: "lost", words: presence.words };
  const rung = lesson.state.links[String(site)]?.rung;
  if (rung === undefined || lesson.state.phase !== "running") return { kind: "coming", words: t("watch_there") };
  return rung === "text" ? { kind: "boards", words: t("rung_text") } : { kind: "there", words: t("watch_hears") };
}

/** Milliseconds since a class last did something, counted from the lesson's beginning; 0 while it is on stage. */
export function silence(lesson: Lesson, site: number, now: number): number {
  const { phase, started_at, stage } = lesson.state;
  if (phase !== "running" || stage?.site === site) return 0;
  return Math.max(0, now - Math.max(lesson.activity.spokeAt(site), started_at ?? now));
}

export interface Prompt {
  site: number;
  words: string;
}

/** The one quiet line: who has not spoken for long, else who had fewest turns; null when all is well. */
export function prompt(lesson: Lesson, now: number): Prompt | null {
  const { sites } = lesson.props;
  // Who only watches cannot be asked to speak.
  if (lesson.state.phase !== "running" || lesson.state.timer?.kind === "local" || lesson.props.is_watched) return null;
  const there = receivers(sites).filter((site) => presenceOf(lesson, site.position, now).kind !== "never");
  const silent = there
    .map((site) => ({ site: site.position, ms: silence(lesson, site.position, now) }))
    .sort((one, other) => other.ms - one.ms)[0];
  if (silent && silent.ms >= SILENT_MS) {
    return { site: silent.site, words: t("prompt_silent", { name: nameOf(sites, silent.site), n: Math.floor(silent.ms / 60_000) }) };
  }
  const turns = there.map((site) => ({ site: site.position, n: lesson.activity.turns(site.position) })).sort((one, other) => one.n - other.n);
  const [least, most] = [turns[0], turns[turns.length - 1]];
  if (least && most && most.n - least.n >= UNFAIR_TURNS) {
    return { site: least.site, words: t("prompt_turn", { name: nameOf(sites, least.site), n: least.n }) };
  }
  return null;
}

/** Pupils of a class: counted in the lesson, else as the timetable has them. */
export function headsOf(lesson: Lesson, site: number): { count: number; isCounted: boolean } {
  const counted = lesson.state.heads[String(site)];
  const planned = lesson.props.sites.find((one) => one.position === site)?.head_count ?? 0;
  return counted === undefined ? { count: planned, isCounted: false } : { count: counted, isCounted: true };
}

/** Whether a device is connected in any seat. */
export function isThere(seats: State["seats"], device: string): boolean {
  return Object.values(seats).some((conns) => Object.values(conns).includes(device));
}
