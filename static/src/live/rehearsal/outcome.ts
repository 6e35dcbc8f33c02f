/** What the measurements of a rehearsal foretell. Pure. */
import { STEPS, type Rung } from "../media/ladder.ts";
import { predicted } from "../check/verdict.ts";

/** As the server takes it. */
export interface Rehearsed {
  up_kbps: number | null;
  down_kbps: number | null;
  rtt_ms: number | null;
  sees: Rung;
  is_seen: Rung;
  concealed: number | null;
  path: "udp" | "tcp" | "none";
  tcp: boolean | null;
}

export interface Speed {
  up_kbps: number | null;
  down_kbps: number | null;
  rtt_ms: number | null;
}

/** Traffic that went through the relay and back: where it began, where it ended, how, and what of speech was invented. */
export interface Tried {
  from: Rung;
  rung: Rung;
  path: "udp" | "tcp";
  concealed: number | null;
}

/** Where the traffic should begin: it takes both ways at once, so with what the narrower one carries. */
export function opening({ up_kbps, down_kbps }: Speed): Rung {
  return predicted(up_kbps, down_kbps);
}

/**
 * The rungs on which the class will see and be seen.
 *
 * What the traffic came to is believed. The speed alone is where nothing could be sent, and of the wider way what it
 * has above the narrower one: traffic that comes back takes as much of both.
 */
export function outcome(speed: Speed, tried: Tried | null, tcp: boolean | null): Rehearsed {
  const { up_kbps, down_kbps } = speed;
  const [down, up] = [predicted(down_kbps, down_kbps), predicted(up_kbps, up_kbps)];
  if (!tried) return { ...speed, sees: down, is_seen: up, concealed: null, path: "none", tcp };
  const held = placeOf(tried.rung) <= placeOf(tried.from);
  const above = (alone: Rung): Rung => (held && placeOf(alone) < placeOf(tried.rung) ? alone : tried.rung);
  return { ...speed, sees: above(down), is_seen: above(up), concealed: tried.concealed, path: tried.path, tcp };
}

function placeOf(rung: Rung): number {
  return STEPS.findIndex((step) => step.rung === rung);
}
