/**
 * What the player is doing, in one value, and how each happening changes it. Pure.
 *
 * The rule: nothing but `reduce` makes a new state, so that what is shown can be tested without a
 * browser. A notice is a key of zh.json with its places; words are chosen where it is shown.
 */
import { rungWord, type RungWord } from "./rungs";
import type { Choice } from "./types";

/** `idle`: poster, nothing asked. `starting`: play was pressed, no picture yet. */
export type Phase = "idle" | "starting" | "playing" | "waiting" | "paused" | "ended" | "broken";

/** What is played: the rungs, sound alone, speech with slides, or the file as it was uploaded. */
export type Playing = "ladder" | "audio" | "voice" | "file" | "nothing";

export interface Rung {
  label: string;
  side: number;
}

export type NoticeKey =
  | "notice_slower"
  | "notice_very_slow"
  | "notice_lost"
  | "notice_back"
  | "notice_signed_out"
  | "notice_refused"
  | "notice_saver_off"
  | "notice_ladder_ready"
  | "notice_fault";

export interface Notice {
  key: NoticeKey;
  rung?: Rung;
  word?: RungWord;
  /** The server's own sentence, when it wrote one. */
  text?: string;
  /** Passing notices go after some seconds; others stay until things change. */
  stays: boolean;
}

export interface State {
  phase: Phase;
  playing: Playing;
  choice: Choice;
  saver: boolean;
  at: number;
  duration: number;
  bufferedTo: number;
  rate: number;
  volume: number;
  muted: boolean;
  rung: Rung | null;
  notice: Notice | null;
  /** Moments (seconds of the clock) of the last waits, to tell a slow line from a hiccup. */
  waits: readonly number[];
}

export type Happening =
  | { type: "play_asked" }
  | { type: "pause_asked" }
  | { type: "playing" }
  | { type: "paused" }
  | { type: "waiting"; clock: number; canGetLighter: boolean }
  | { type: "ended" }
  | { type: "time"; at: number; duration: number; bufferedTo: number }
  | { type: "sound"; volume: number; muted: boolean }
  | { type: "rate"; rate: number }
  | { type: "rung"; rung: Rung; hasFallen: boolean }
  | { type: "source"; playing: Playing; choice: Choice; saver: boolean }
  | { type: "lost" }
  | { type: "found" }
  | { type: "refused"; status: number; text: string }
  | { type: "broken" }
  | { type: "notice"; key: NoticeKey }
  | { type: "notice_over" };

/** Two waits within a minute, or one told twice because it lasts, are a slow line; one may be a hiccup. */
const WAITS_TO_TELL = 2;
const WAITS_WITHIN_S = 60;

export function firstState(from: Partial<State>): State {
  return {
    phase: "idle", playing: "nothing", choice: "auto", saver: false, at: 0, duration: 0, bufferedTo: 0, rate: 1,
    volume: 1, muted: false, rung: null, notice: null, waits: [], ...from,
  };
}

export function reduce(state: State, event: Happening): State {
  switch (event.type) {
    case "play_asked":
      return { ...state, phase: state.phase === "playing" ? "playing" : "starting" };
    case "pause_asked":
      return { ...state, phase: state.phase === "idle" ? "idle" : "paused" };
    case "playing":
      return { ...state, phase: "playing", notice: state.notice?.key === "notice_lost" ? passing("notice_back") : state.notice };
    case "paused":
      // Changing the source pauses for a moment; a stop of ours is told by pause_asked.
      return state.phase === "playing" || state.phase === "waiting" ? { ...state, phase: "paused" } : state;
    case "waiting":
      return waited(state, event.clock, event.canGetLighter);
    case "ended":
      return { ...state, phase: "ended", notice: null };
    case "time":
      return { ...state, at: event.at, duration: event.duration > 0 ? event.duration : state.duration, bufferedTo: event.bufferedTo };
    case "sound":
      return { ...state, volume: event.volume, muted: event.muted };
    case "rate":
      return { ...state, rate: event.rate };
    case "rung":
      return changedRung(state, event.rung, event.hasFallen);
    case "source":
      return changedSource(state, event);
    case "lost":
      return { ...state, phase: state.phase === "playing" ? "waiting" : state.phase, notice: { key: "notice_lost", stays: true } };
    case "found":
      return found(state);
    case "refused":
      return refused(state, event.status, event.text);
    case "broken":
      return { ...state, phase: "broken", notice: { key: "notice_fault", stays: true } };
    case "notice":
      return { ...state, notice: passing(event.key) };
    case "notice_over":
      return { ...state, notice: null };
  }
}

function passing(key: NoticeKey): Notice {
  return { key, stays: false };
}

function changedSource(state: State, event: Happening & { type: "source" }): State {
  // What was said of the line or of the old source is over; what the hub said still holds.
  const holds = state.notice !== null && (state.notice.key === "notice_lost" || isRefusal(state.notice));
  return {
    ...state, playing: event.playing, choice: event.choice, saver: event.saver, rung: null, waits: [], bufferedTo: 0,
    phase: state.phase === "broken" ? "paused" : state.phase, notice: holds ? state.notice : null,
  };
}

function found(state: State): State {
  if (state.notice?.key === "notice_lost") return { ...state, notice: passing("notice_back") };
  return state.notice !== null && isRefusal(state.notice) ? { ...state, notice: null } : state;
}

/** What is loaded plays on; what waits for more waits in vain. */
function refused(state: State, status: number, text: string): State {
  const isWaiting = state.phase === "starting" || state.phase === "waiting";
  const notice: Notice = status === 401 ? { key: "notice_signed_out", stays: true } : { key: "notice_refused", text, stays: true };
  return { ...state, phase: isWaiting ? "paused" : state.phase, notice };
}

function isRefusal(notice: Notice): boolean {
  return notice.key === "notice_signed_out" || notice.key === "notice_refused";
}

function waited(state: State, clock: number, canGetLighter: boolean): State {
  if (state.phase !== "playing" && state.phase !== "waiting") return state;
  const waits = [...state.waits.filter((at) => clock - at < WAITS_WITHIN_S), clock];
  const tells = waits.length >= WAITS_TO_TELL && canGetLighter && state.notice === null;
  return { ...state, phase: "waiting", waits, notice: tells ? { key: "notice_very_slow", stays: true } : state.notice };
}

function changedRung(state: State, rung: Rung, hasFallen: boolean): State {
  if (!hasFallen) return { ...state, rung };
  return { ...state, rung, notice: { key: "notice_slower", rung, word: rungWord(rung.side), stays: false } };
}
