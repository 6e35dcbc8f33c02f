/**
 * Writing on the board: what this hand draws is seen here at once, by others while it grows, and is kept
 * as a fact when the hand is lifted.
 *
 * A stroke lives in one of three places: under the hand, on its way (given to the outbox), in the state.
 */
import type { Pair } from "./board";
import type { Passed } from "./client";
import { Glimpses, inkOf } from "./glimpses";
import type { Strokes } from "./pointing";
import type { Fact, Stroke } from "./state";
import type { Lesson } from "./store";
import { isFar, simplify, texts, touches, type Ink } from "./strokes";
import { Surface, type Passing } from "./surface";
import { Telling } from "./telling";

export interface Tool {
  kind: "none" | "pen" | "marker" | "eraser" | "pointer";
  colour: number;
  width: number;
}

const MOST_ERASED = 200;
/** In 2,000ths of the board's width, beside the stroke's own. */
const ERASER_REACH = 16;
/** A marker is so much wider than a pen of the same width. */
const MARKER_TIMES = 5;
export const BOARD_CONTROL = "board";

export class Writing implements Strokes {
  tool: Tool = { kind: "none", colour: 0, width: 3 };
  page = "";
  readonly surface: Surface;
  private readonly glimpses: Glimpses;
  private under: (Ink & { points: Pair[] }) | null = null;
  private isDown = false;
  private readonly telling: Telling;
  private readonly onWay = new Map<string, { page: string; ink: Ink }>();
  /** Strokes wiped here whose erasing is no fact yet, by command. */
  private readonly wiped = new Map<string, string[]>();

  constructor(
    private readonly lesson: Lesson,
    below: HTMLCanvasElement,
    above: HTMLCanvasElement,
    /** Height by width of the page, for the pointer's own scale. */
    private readonly ratio: () => number,
  ) {
    this.surface = new Surface(below, above, () => this.above(), () => this.pointer());
    this.telling = new Telling(lesson.client);
    this.glimpses = new Glimpses(() => this.surface.refresh());
    for (const { id, name, data } of lesson.client.outbox.all()) {
      if (name === "board:draw") this.onWay.set(id, { page: String(data["page"]), ink: inkOf(data) });
    }
  }

  /** Draw the page as the state has it now. */
  show(): void {
    this.surface.show(this.strokes(), this.gone());
    this.surface.refresh();
  }

  begin(point: Pair): void {
    this.isDown = true;
    const { kind, colour, width } = this.tool;
    if (kind === "eraser") return this.erase([point]);
    if (kind === "pointer") return this.point(point);
    if (kind !== "none") this.under = { pen: kind, colour, width: kind === "marker" ? width * MARKER_TIMES : width, points: [point] };
    this.telling.begin();
    this.surface.refresh();
  }

  move(points: Pair[]): void {
    if (this.tool.kind === "eraser" && this.isDown) return this.erase(points);
    if (this.tool.kind === "pointer") return this.point(points[points.length - 1]!);
    const under = this.under;
    if (!under) return;
    for (const point of points) if (isFar(under.points[under.points.length - 1], point)) under.points.push(point);
    this.telling.stroke(this.page, under);
    this.surface.refresh();
  }

  end(): void {
    this.isDown = false;
    const under = this.under;
    this.under = null;
    if (!under) return;
    const { points, ...how } = under;
    for (const text of texts(simplify(points))) {
      const data = { page: this.page, ...how, points: text };
      this.onWay.set(this.lesson.act(BOARD_CONTROL, "board:draw", data), { page: this.page, ink: inkOf(data) });
    }
    this.surface.refresh();
  }

  hover(point: Pair): void {
    if (this.tool.kind === "pointer") this.point(point);
  }

  /** Take back the last stroke of this seat on this page. */
  undo(): void {
    const waiting = [...this.onWay].filter(([, stroke]) => stroke.page === this.page).pop()?.[0];
    const gone = this.gone();
    const own = this.strokes().filter((one) => one.by === this.lesson.seat && !gone.has(one.id));
    const id = waiting ?? own[own.length - 1]?.id;
    if (id) this.wipe([id]);
  }

  /** Facts came, or (null) the whole state is another. */
  take(facts: readonly Fact[] | null): void {
    for (const { type, by, data } of facts ?? []) {
      if (type === "stroke:drawn") {
        this.onWay.delete(data["id"]);
        this.glimpses.drawn(by);
      }
      if (type === "strokes:erased") this.wiped.delete(data["id"]);
    }
    if (!facts) {
      const waiting = new Set(this.lesson.client.outbox.all().map((command) => command.id));
      for (const id of this.onWay.keys()) if (!waiting.has(id)) this.onWay.delete(id);
      for (const id of this.wiped.keys()) if (!waiting.has(id)) this.wiped.delete(id);
    }
    this.show();
  }

  takeInk(passed: Passed): void {
    this.glimpses.takeInk(passed);
  }

  takePointer({ data: { page, x, y } }: Passed): void {
    this.glimpses.point(String(page), this.fromShares(x, y));
  }

  /** A command was not taken: what it showed here is taken back. */
  refused(id: string): void {
    if (this.onWay.delete(id) || this.wiped.delete(id)) this.show();
  }

  close(): void {
    this.glimpses.close();
    this.surface.close();
  }

  private strokes(): readonly Stroke[] {
    return this.lesson.state.pages[this.page] ?? EMPTY;
  }

  /** Strokes that are not to be seen any more, though they are facts still. */
  private gone(): ReadonlySet<string> {
    return new Set(([] as string[]).concat(...this.wiped.values()));
  }

  private point(place: Pair): void {
    this.glimpses.point(this.page, place);
    this.telling.pointer(this.page, place, this.ratio());
  }

  /** Teachers wipe anything, a room's board what was written there. */
  private erase(places: Pair[]): void {
    const isOwnOnly = this.lesson.seat.startsWith("class");
    const gone = this.gone();
    const found = this.strokes().filter((stroke) => {
      if (gone.has(stroke.id) || (isOwnOnly && stroke.by !== this.lesson.seat)) return false;
      return places.some((place) => touches(this.surface.points(stroke), place, ERASER_REACH + stroke.width));
    });
    if (found.length > 0) this.wipe(found.map((stroke) => stroke.id));
  }

  private wipe(found: string[]): void {
    const strokes = found.slice(0, MOST_ERASED);
    for (const id of strokes) this.onWay.delete(id);
    this.wiped.set(this.lesson.act(BOARD_CONTROL, "board:erase", { page: this.page, strokes }), strokes);
    this.show();
  }

  private *above(): Iterable<Passing> {
    for (const ink of this.glimpses.inksOn(this.page)) yield { ink, isThin: true };
    for (const one of this.onWay.values()) if (one.page === this.page) yield { ink: one.ink, isThin: false };
    if (this.under) yield { ink: this.under, isThin: false };
  }

  private pointer(): Pair | null {
    const kept = this.lesson.state.pointer;
    return this.glimpses.pointerOn(this.page) ?? (kept?.page === this.page ? this.fromShares(kept.x, kept.y) : null);
  }

  private fromShares(x: unknown, y: unknown): Pair {
    return [Number(x) * 2, Number(y) * 2 * this.ratio()];
  }
}

const EMPTY: never[] = [];
