/**
 * The order in which sound and picture give way on a line, and come back. Pure.
 *
 * Slides and ink are not on it: they never give way. A rung is left downwards when two measurements in a
 * row are bad, and at once when speech breaks; upwards only after a quiet time that grows with every try
 * that failed, so that a line on the edge does not swing.
 */

export type Rung = "video720" | "video360" | "video180" | "still" | "audio24" | "audio16" | "audio12" | "text";

export interface Step {
  rung: Rung;
  /** Picture, or null: its height, frames a second and most kbit/s. */
  video: { height: number; fps: number; kbps: number } | null;
  /** A still picture every five seconds. */
  hasStills: boolean;
  /** Speech in kbit/s before headers, or null: none but recorded clips. */
  audioKbps: number | null;
  /** What the rung needs on the wire, headers included. */
  needKbps: number;
}

/** Milliseconds of speech in a packet: without a picture headers weigh more than words, so packets are fuller. */
export function framing(step: Step): number {
  return step.video ? 20 : 60;
}

export const STEPS: readonly Step[] = [
  { rung: "video720", video: { height: 720, fps: 20, kbps: 900 }, hasStills: false, audioKbps: 32, needKbps: 1000 },
  { rung: "video360", video: { height: 360, fps: 15, kbps: 300 }, hasStills: false, audioKbps: 24, needKbps: 370 },
  { rung: "video180", video: { height: 180, fps: 8, kbps: 70 }, hasStills: false, audioKbps: 24, needKbps: 130 },
  { rung: "still", video: null, hasStills: true, audioKbps: 24, needKbps: 54 },
  { rung: "audio24", video: null, hasStills: false, audioKbps: 24, needKbps: 36 },
  { rung: "audio16", video: null, hasStills: false, audioKbps: 16, needKbps: 28 },
  { rung: "audio12", video: null, hasStills: false, audioKbps: 12, needKbps: 22 },
  { rung: "text", video: null, hasStills: false, audioKbps: null, needKbps: 0 },
];
export const LOWEST = STEPS.length - 1;

/** One measurement of the way from here to a receiver. */
export interface Sample {
  /** What the browser thinks the way can carry, or null when it does not say. */
  estimateKbps: number | null;
  rttMs: number | null;
  /** Shares from 0 to 1, of the time since the last sample. */
  loss: number | null;
  /** Speech that the receiver had to invent. */
  concealed: number | null;
}

export interface Ladder {
  /** Index in STEPS; `top` is the best that was allowed by hand or by what the device can. */
  at: number;
  top: number;
  badInRow: number;
  /** Quiet seconds so far, and how many a try upwards needs. */
  quietS: number;
  patienceS: number;
  /** Seconds since the last step upwards; infinite when there was none. */
  sinceUpS: number;
  /** Smallest round trip seen: what the line takes when nothing queues. */
  baseRttMs: number;
  lastRttMs: number;
}

const SHORT_PATIENCE_S = 8;
const LONG_PATIENCE_S = 120;
/** A step upwards that has to be taken back within this time was a failed try. */
const TRIAL_S = 25;
const BAD_LOSS = 0.1;
const BAD_CONCEALED = 0.05;
const BROKEN_CONCEALED = 0.2;
const BROKEN_LOSS = 0.3;

export function newLadder(top: number, at = top): Ladder {
  return { at, top, badInRow: 0, quietS: 0, patienceS: SHORT_PATIENCE_S, sinceUpS: Infinity, baseRttMs: Infinity, lastRttMs: Infinity };
}

/** The ladder after one more measurement, `seconds` after the last. */
export function measured(ladder: Ladder, sample: Sample, seconds: number): Ladder {
  const baseRttMs = Math.min(ladder.baseRttMs, sample.rttMs ?? Infinity);
  const next = { ...ladder, baseRttMs, lastRttMs: sample.rttMs ?? ladder.lastRttMs, sinceUpS: ladder.sinceUpS + seconds };
  if (isBroken(sample)) return down(next, 2);
  // A line that became much narrower fills its queue at once, and then ink waits too: go straight to what fits.
  if (isFarTooNarrow(next, sample)) return down(next, fitting(next, sample.estimateKbps!) - next.at);
  if (isBad(ladder, sample)) {
    const badInRow = ladder.badInRow + 1;
    return badInRow >= 2 || isDrowning(ladder, sample) ? down(next, 1) : { ...next, badInRow, quietS: 0 };
  }
  const quietS = ladder.quietS + seconds;
  const patienceS = next.sinceUpS > TRIAL_S && Number.isFinite(next.sinceUpS) ? Math.max(SHORT_PATIENCE_S, ladder.patienceS * PATIENCE_DECAY) : ladder.patienceS;
  const calm = { ...next, badInRow: 0, quietS, patienceS };
  return calm.at > calm.top && quietS >= patienceS && hasRoom(calm, sample) ? { ...calm, at: calm.at - 1, quietS: 0, sinceUpS: 0 } : calm;
}

/** Patience shortens slowly while a rung holds, so that a line that has mended is believed again. */
const PATIENCE_DECAY = 0.95;

/** The best rung from now on, chosen by hand or by a room check; what is better is left at once. */
export function limited(ladder: Ladder, top: number): Ladder {
  return { ...ladder, top, at: Math.max(ladder.at, top), quietS: 0 };
}

function down(ladder: Ladder, rungs: number): Ladder {
  const failed = ladder.sinceUpS <= TRIAL_S && rungs <= 2;
  const patienceS = failed ? Math.min(LONG_PATIENCE_S, ladder.patienceS * 2) : ladder.patienceS;
  // Where a try began was good enough a moment ago.
  return { ...ladder, at: Math.min(LOWEST, ladder.at + (failed ? 1 : rungs)), badInRow: 0, quietS: 0, patienceS, sinceUpS: Infinity };
}

function isBroken(sample: Sample): boolean {
  return (sample.concealed ?? 0) > BROKEN_CONCEALED || (sample.loss ?? 0) > BROKEN_LOSS;
}

function isFarTooNarrow(ladder: Ladder, sample: Sample): boolean {
  const step = STEPS[ladder.at]!;
  return step.video !== null && sample.estimateKbps !== null && sample.estimateKbps < 0.6 * step.needKbps;
}

/** The best rung below this one that an estimate carries. */
function fitting(ladder: Ladder, kbps: number): number {
  const found = STEPS.findIndex((step, index) => index > ladder.at && step.needKbps <= 0.9 * kbps);
  return found < 0 ? LOWEST - 1 : found;
}

function isBad(ladder: Ladder, sample: Sample): boolean {
  if ((sample.loss ?? 0) > BAD_LOSS || (sample.concealed ?? 0) > BAD_CONCEALED) return true;
  // A line that was never seen idle must not pass its own queue off as its length.
  const longest = Math.max(900, 3 * Math.min(400, ladder.baseRttMs));
  return sample.rttMs !== null && sample.rttMs > longest && !isDraining(ladder, sample);
}

/** The line's queue is long and still grows: ink waits as long, so no second measurement is waited for. */
function isDrowning(ladder: Ladder, sample: Sample): boolean {
  return (sample.rttMs ?? 0) > 2_500 && !isDraining(ladder, sample);
}

/** A long queue that shortens is the step before doing its work. */
function isDraining(ladder: Ladder, sample: Sample): boolean {
  return sample.rttMs !== null && sample.rttMs < 0.92 * ladder.lastRttMs;
}

/**
 * Whether the line may carry the next better rung. The browser's estimate follows what is sent, and hardly looks
 * for more with speech alone: a longer quiet time lets us try against it.
 */
function hasRoom(ladder: Ladder, sample: Sample): boolean {
  const better = STEPS[ladder.at - 1]!;
  if (sample.estimateKbps === null || sample.estimateKbps > 1.1 * better.needKbps) return true;
  return ladder.quietS >= (STEPS[ladder.at]!.video ? 4 : 2) * ladder.patienceS;
}
