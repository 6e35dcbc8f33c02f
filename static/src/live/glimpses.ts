/** What passes over the board and is not kept: strokes in the making by others, and the pointer. */
import { decode, type Pair } from "./board";
import type { Passed } from "./client";
import type { Ink } from "./strokes";

const POINTER_SHOWN_MS = 1_000;
const MAKING_SHOWN_MS = 3_000;

interface Making {
  by: string;
  page: string;
  ink: Ink & { points: Pair[] };
  at: number;
}

export class Glimpses {
  private readonly making = new Map<string, Making>();
  private pointer: { at: number; page: string; place: Pair } | null = null;
  private sweeping: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  takeInk({ by, data }: Passed): void {
    const key = `${by}/${String(data["k"])}`;
    const points = decode(String(data["points"] ?? ""));
    const known = this.making.get(key);
    if (known) known.ink.points.push(...points);
    const ink = known?.ink ?? { ...inkOf(data), points };
    this.making.set(key, { by, page: String(data["page"]), ink, at: Date.now() });
    this.sweepLater(MAKING_SHOWN_MS);
    this.changed();
  }

  /** The stroke that somebody was making became a fact: the oldest of theirs is shown no more. */
  drawn(by: string): void {
    const first = [...this.making].find(([, one]) => one.by === by);
    if (first) this.making.delete(first[0]);
  }

  point(page: string, place: Pair): void {
    this.pointer = { at: Date.now(), page, place };
    this.sweepLater(POINTER_SHOWN_MS);
    this.changed();
  }

  pointerOn(page: string): Pair | null {
    return this.pointer?.page === page ? this.pointer.place : null;
  }

  *inksOn(page: string): Iterable<Ink> {
    for (const one of this.making.values()) if (one.page === page) yield one.ink;
  }

  close(): void {
    clearTimeout(this.sweeping);
  }

  private sweepLater(ms: number): void {
    this.sweeping ??= setTimeout(() => {
      this.sweeping = undefined;
      const now = Date.now();
      if (this.pointer && now - this.pointer.at >= POINTER_SHOWN_MS) this.pointer = null;
      for (const [key, one] of this.making) if (now - one.at >= MAKING_SHOWN_MS) this.making.delete(key);
      this.changed();
      if (this.pointer || this.making.size > 0) this.sweepLater(POINTER_SHOWN_MS / 2);
    }, ms);
  }
}

/** A stroke as a command or a passing part carries it. */
export function inkOf(data: Record<string, unknown>): Ink {
  const { pen, colour, width, points } = data;
  return { pen: pen === "marker" ? "marker" : "pen", colour: Number(colour), width: Number(width), points: decode(String(points ?? "")) };
}
