/**
 * What the player remembers. Only the data saver belongs to this computer, because its line does;
 * everything else belongs to one person's visit, since school computers have many people.
 */
import type { Choice } from "./types";

export interface Remembered {
  saver: boolean;
  rate: number;
  volume: number;
  muted: boolean;
  /** What was chosen in this visit, or null: then it is as this recording was watched last. */
  choice: Choice | null;
  /** Language of the captions, or null for none. */
  captions: string | null;
  largeCaptions: boolean;
}

const KEY = "hub.player";

interface SlowLine {
  saveData?: boolean;
  effectiveType?: string;
}

export function recall(): Remembered {
  const line = (navigator as Navigator & { connection?: SlowLine }).connection;
  // A phone told to save data should not have to be told twice.
  const isSlow = line?.saveData === true || /2g$/.test(line?.effectiveType ?? "");
  return {
    rate: 1, volume: 1, muted: false, choice: null, captions: null, largeCaptions: false,
    ...read<Remembered>("session", visitKey()), saver: read<Remembered>("local", KEY).saver ?? isSlow,
  };
}

export function remember(part: Partial<Remembered>): void {
  const { saver, ...visit } = part;
  if (saver !== undefined) write("local", KEY, { saver });
  write("session", visitKey(), { ...read("session", visitKey()), ...visit });
}

/** A place in a recording that the hub did not take yet. */
export interface OwedPlace {
  at_s: number;
  mode: string;
}

export function owedPlace(assetId: string): OwedPlace | null {
  const { at_s, mode } = read<OwedPlace>("local", owedKey(assetId));
  return typeof at_s === "number" ? { at_s, mode: mode ?? "" } : null;
}

export function owePlace(assetId: string, place: OwedPlace | null): void {
  write("local", owedKey(assetId), place);
}

/** Who watches, as the page says. */
function person(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content ?? "";
}

function visitKey(): string {
  return `${KEY}.${person()}`;
}

function owedKey(assetId: string): string {
  return `hub.place.${person()}.${assetId}`;
}

// Storage is closed in some private windows and throws when touched; the player works without a memory.
function read<Value>(kind: "local" | "session", key: string): Partial<Value> {
  try {
    return JSON.parse(storage(kind).getItem(key) ?? "{}") as Partial<Value>;
  } catch {
    return {};
  }
}

function write(kind: "local" | "session", key: string, value: object | null): void {
  try {
    if (value === null) storage(kind).removeItem(key);
    else storage(kind).setItem(key, JSON.stringify(value));
  } catch {
    // See above.
  }
}

function storage(kind: "local" | "session"): Storage {
  return kind === "local" ? localStorage : sessionStorage;
}
