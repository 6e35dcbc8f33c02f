/**
 * How fast a room fetches: the line is the school's, so fetching takes a share of it and no more. Pure.
 *
 * One request at a time, as large as the line carries in a few seconds; then a rest that leaves the line to others.
 */

const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
/** A request should take about so long: what a cut costs at most, and how soon a pause takes hold. */
const REQUEST_S = 4;
/** Below that a lesson's own line is in use or ill: 48 kbit/s. */
const SLOW = 6_000;
const SLOW_REST_MS = 60_000;
const LONGEST_REST_MS = 30_000;
const DAY_SHARE = 0.4;
const NIGHT_SHARE = 0.9;

/** The share of the line at an hour of the room's own day: nobody needs it at night. */
export function shareAt(hour: number): number {
  return hour >= 21 || hour < 6 ? NIGHT_SHARE : DAY_SHARE;
}

/** How many bytes to ask for; `rate` in bytes a second, null while nothing was measured. */
export function requestBytes(rate: number | null): number {
  return rate === null ? SMALLEST : Math.round(Math.min(LARGEST, Math.max(SMALLEST, rate * REQUEST_S)));
}

/** How long to leave the line alone after a request that took `ms` at `rate`. */
export function restMs(ms: number, rate: number, share: number): number {
  return rate < SLOW ? SLOW_REST_MS : Math.min(LONGEST_REST_MS, Math.round(ms * (1 / share - 1)));
}
