/**
 * Drawing strokes on a canvas, and keeping of a hand's movement only the points that can be seen.
 *
 * Points are in 2,000ths of the board's width, both ways; a stroke looks the same on every screen.
 */
import { encode, SCALE, type Pair } from "./board";

export interface Ink {
  pen: "pen" | "marker";
  colour: number;
  /** In thousandths of the board's width. */
  width: number;
  points: readonly Pair[];
}

/**
 * Colours by number, as facts carry them: black first, then five that people who see colours
 * differently can tell apart (after Okabe and Ito), and two for dark grounds.
 */
export const COLOURS = ["#1f2933", "#d1410c", "#0067b0", "#00805c", "#8e3f86", "#c98500", "#ffffff", "#f3d34a"] as const;
/** Those offered in the tools. */
export const OFFERED = [0, 1, 2, 3, 4, 5] as const;

const LEAST_STEP = 1.5;
/** Below the limit of the protocol, so that the last point still fits. */
const LONGEST_TEXT = 3_600;

/** Whether a point is far enough from the last one to be kept. */
export function isFar(last: Pair | undefined, next: Pair): boolean {
  return !last || Math.hypot(next[0] - last[0], next[1] - last[1]) >= LEAST_STEP;
}

/** Leave out points that are too near the one before; the last stays, so that the stroke ends where the hand did. */
export function simplify(points: readonly Pair[]): Pair[] {
  const kept: Pair[] = [];
  for (const point of points) if (isFar(kept[kept.length - 1], point)) kept.push(point);
  const end = points[points.length - 1];
  const last = kept[kept.length - 1];
  if (end && last && kept.length > 1 && (end[0] !== last[0] || end[1] !== last[1])) kept[kept.length - 1] = end;
  return kept;
}

/** Cut a long stroke into texts that the protocol takes; each begins where the one before ended. */
export function texts(points: readonly Pair[], longest = LONGEST_TEXT): string[] {
  const whole = encode(points);
  if (whole.length <= longest || points.length < 3) return [whole];
  const middle = points.length >> 1;
  return [...texts(points.slice(0, middle + 1), longest), ...texts(points.slice(middle), longest)];
}

/** Draw a stroke on a board that is `pixels` wide; `isThin` is how one in the making by somebody else looks. */
export function paint(context: CanvasRenderingContext2D, ink: Ink, pixels: number, isThin = false): void {
  const { points } = ink;
  const first = points[0];
  if (!first) return;
  const unit = pixels / SCALE;
  context.save();
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = COLOURS[ink.colour] ?? COLOURS[0];
  context.lineWidth = Math.max(1, (ink.width / 1000) * pixels * (isThin ? 0.5 : 1));
  if (ink.pen === "marker") {
    // A marker lies under what is written: on white paper, multiplied colours do that.
    context.globalAlpha = 0.38;
    context.globalCompositeOperation = "multiply";
    context.lineCap = "butt";
  }
  if (isThin) context.globalAlpha *= 0.7;
  context.beginPath();
  if (points.length === 1) {
    context.arc(first[0] * unit, first[1] * unit, context.lineWidth / 2, 0, 2 * Math.PI);
    context.fill();
  } else {
    trace(context, points, unit);
    context.stroke();
  }
  context.restore();
}

/** Through the middles of neighbours, so that few points make a round line. */
function trace(context: CanvasRenderingContext2D, points: readonly Pair[], unit: number): void {
  const [x, y] = points[0]!;
  context.moveTo(x * unit, y * unit);
  for (let at = 1; at < points.length - 1; at += 1) {
    const [px, py] = points[at]!;
    const [nx, ny] = points[at + 1]!;
    context.quadraticCurveTo(px * unit, py * unit, ((px + nx) / 2) * unit, ((py + ny) / 2) * unit);
  }
  const [ex, ey] = points[points.length - 1]!;
  context.lineTo(ex * unit, ey * unit);
}

/** Whether a stroke comes within `reach` of a point. */
export function touches(points: readonly Pair[], [x, y]: Pair, reach: number): boolean {
  let last = points[0];
  if (!last) return false;
  for (const next of points) {
    if (distance(x, y, last, next) <= reach) return true;
    last = next;
  }
  return false;
}

function distance(x: number, y: number, [ax, ay]: Pair, [bx, by]: Pair): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
