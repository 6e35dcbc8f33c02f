/**
 * Two canvases over a slide: below, the strokes that are facts, drawn once each; above, what is on its way
 * (the stroke under the hand, strokes not confirmed yet, those of others in the making, the pointer).
 */
import { decode, SCALE, type Pair } from "./board";
import type { Stroke } from "./state";
import { paint, type Ink } from "./strokes";

export interface Passing {
  ink: Ink;
  isThin: boolean;
}

export class Surface {
  /** Drawn points by stroke, so that a full redraw decodes nothing twice. */
  private readonly decoded = new WeakMap<Stroke, readonly Pair[]>();
  private shown: readonly Stroke[] | null = null;
  private count = 0;
  private hidden: ReadonlySet<string> = new Set();
  private frame = 0;

  constructor(
    private readonly below: HTMLCanvasElement,
    private readonly above: HTMLCanvasElement,
    private readonly passing: () => Iterable<Passing>,
    private readonly pointer: () => Pair | null,
  ) {}

  points(stroke: Stroke): readonly Pair[] {
    let points = this.decoded.get(stroke);
    if (!points) this.decoded.set(stroke, (points = decode(stroke.points)));
    return points;
  }

  /** Take the size of the sheet on the screen; everything is drawn anew, sharp at the screen's own pixels. */
  resize(width: number, height: number): void {
    const dense = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    this.redraw();
    this.refresh();
  }

  /**
   * Show these strokes. A list that only grew costs what is new; another list, or other hidden ones, all.
   */
  show(strokes: readonly Stroke[], hidden: ReadonlySet<string>): void {
    const hasGrown = strokes === this.shown && strokes.length >= this.count && hidden.size === this.hidden.size;
    this.hidden = new Set(hidden);
    this.shown = strokes;
    if (hasGrown) this.draw(this.count);
    else this.redraw();
  }

  /** Draw what is on its way with the next frame. */
  refresh(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.drawAbove());
  }

  close(): void {
    cancelAnimationFrame(this.frame);
  }

  private redraw(): void {
    context(this.below).clearRect(0, 0, this.below.width, this.below.height);
    this.draw(0);
  }

  private draw(from: number): void {
    const strokes = this.shown ?? [];
    const pen = context(this.below);
    for (let at = from; at < strokes.length; at += 1) {
      const stroke = strokes[at]!;
      if (!this.hidden.has(stroke.id)) paint(pen, { ...stroke, points: this.points(stroke) }, this.below.width);
    }
    this.count = strokes.length;
  }

  private drawAbove(): void {
    this.frame = 0;
    const pen = context(this.above);
    const { width, height } = this.above;
    pen.clearRect(0, 0, width, height);
    for (const { ink, isThin } of this.passing()) paint(pen, ink, width, isThin);
    const place = this.pointer();
    if (place) drawPointer(pen, place, width);
  }
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext("2d")!;
}

/** A red dot with a white and a dark edge: seen on any slide. */
function drawPointer(pen: CanvasRenderingContext2D, [x, y]: Pair, width: number): void {
  const unit = width / SCALE;
  for (const [radius, colour] of [[17, "rgba(31, 41, 51, 0.6)"], [15, "#fff"], [12, "#d1410c"]] as const) {
    pen.beginPath();
    pen.arc(x * unit, y * unit, radius * unit, 0, 2 * Math.PI);
    pen.fillStyle = colour;
    pen.fill();
  }
}
