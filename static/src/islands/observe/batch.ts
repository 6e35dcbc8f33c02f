/** What of the device's records goes to the server next, and what its answer changes. Pure. */
import type { Kept } from "./store.ts";

export interface Answer {
  now: number;
  offset_ms: number;
  observations: Record<string, number>;
  notes: Record<string, number>;
  marks: Record<string, number>;
  codings: Record<string, number>;
  refused: Record<string, string>;
  told: Record<string, string>;
}

export interface Batch {
  now: number;
  observations: object[];
  notes: object[];
  marks: object[];
  codings: object[];
}

const MOST = 300;

/** True for what the server may not have and did not refuse as it stands. */
export function isWaiting(thing: Kept): boolean {
  return thing.version > thing.sent && thing.refused?.version !== thing.version;
}

/** The records to send now, the observations first, because the others belong to them. */
export function waiting(things: Iterable<Kept>): Kept[] {
  const found = [...things].filter((thing) => thing.kind !== "photo" && isWaiting(thing));
  const order = { observation: 0, note: 1, mark: 2, coding: 3, photo: 4 };
  return found.sort((a, b) => order[a.kind] - order[b.kind] || (a.id < b.id ? -1 : 1)).slice(0, MOST);
}

/** `now` is what the device's clock shows while it sends; the server learns from it how wrong that clock is. */
export function batchOf(things: Kept[], now: number): Batch {
  const of = (kind: Kept["kind"]): object[] => things.filter((thing) => thing.kind === kind).map(wire);
  return { now, observations: of("observation"), notes: of("note"), marks: of("mark"), codings: of("coding") };
}

function wire(thing: Kept): object {
  const named = { ...(thing.data as object), id: thing.id, version: thing.version };
  if (thing.kind === "observation") return named;
  const owned = { ...named, observation: thing.parent };
  if (thing.kind !== "coding") return owned;
  const { codes, scheme } = thing.data as { codes: string[]; scheme: string };
  return { ...owned, codes: codes.join(scheme === "st" ? "" : " ") };
}

/** The records as the answer leaves them; what changed meanwhile stays waiting. */
export function answered(sent: Kept[], now: (id: string) => Kept | undefined, answer: Answer): Kept[] {
  const kept: Record<string, number> = { ...answer.observations, ...answer.notes, ...answer.marks, ...answer.codings };
  return sent.flatMap((was) => {
    const thing = now(was.id);
    if (!thing) return [];
    const words = answer.refused[was.id];
    if (words !== undefined) return [{ ...thing, refused: { version: was.version, words } }];
    return was.id in kept ? [{ ...thing, sent: Math.max(thing.sent, was.version) }] : [];
  });
}
