/** A rehearsal from the speed of the line to the traffic of a lesson, and what came of it to the server. */
import { api } from "../../shared/api";
import { download, measure, roundTrip, upload } from "../check/speed";
import { reachOf } from "../media/devices";
import { opening, outcome, type Rehearsed } from "./outcome";
import { tcpAnswers, tryTraffic } from "./traffic";

const TRIED_S = 30;
const DRAINS_MS = 15_000;
const SLACK_MS = 200;

/** What measuring the speed left in the queues of a slow line is gone: a question takes about as long as it did before. */
async function drained(lesson: string, rttMs: number): Promise<void> {
  const ends = performance.now() + DRAINS_MS;
  while (performance.now() < ends) {
    const asked = await download(lesson)(1, DRAINS_MS).catch(() => null);
    if (asked?.isWhole && asked.ms < 2 * rttMs + SLACK_MS) return;
  }
}

/** Rehearse a lesson's sound and picture; null when it was broken off. `told` is given the seconds that are left of the traffic. */
export async function rehearse(lesson: string, told: (left: number) => void, signal: AbortSignal): Promise<Rehearsed | null> {
  const rtt_ms = await roundTrip(lesson);
  const down_kbps = await measure(download(lesson), rtt_ms ?? 0);
  const up_kbps = await measure(upload(lesson), rtt_ms ?? 0);
  if (signal.aborted) return null;
  const speed = { up_kbps, down_kbps, rtt_ms };
  const { iceServers } = await reachOf(lesson);
  await drained(lesson, rtt_ms ?? 0);
  const tried = await tryTraffic(iceServers, opening(speed), TRIED_S, told, signal);
  if (signal.aborted) return null;
  const tcp = await tcpAnswers(iceServers, signal);
  if (signal.aborted) return null;
  const found = outcome(speed, tried, tcp);
  await api(`/api/v1/lessons/${lesson}/rehearsals`, { method: "POST", body: found });
  return found;
}
