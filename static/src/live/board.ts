/** How a stroke is written in few characters: the twin of resource_hub/live/board.py, which says why. */

export const SCALE = 2000;
export type Pair = [number, number];
const FIRST = 63;

export function encode(points: Iterable<Pair>): string {
  let text = "";
  let lastX = 0;
  let lastY = 0;
  for (const [x, y] of points) {
    text += written(x - lastX) + written(y - lastY);
    lastX = x;
    lastY = y;
  }
  return text;
}

/** Returns the points of a text; what ends in the middle of a number ends there. */
export function decode(text: string): Pair[] {
  const points: Pair[] = [];
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  let x = 0;
  let y = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - FIRST;
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    numbers.push(value & 1 ? ~(value >> 1) : value >> 1);
    value = shift = 0;
    if (numbers.length === 2) {
      x += numbers[0]!;
      y += numbers[1]!;
      points.push([x, y]);
      numbers.length = 0;
    }
  }
  return points;
}

function written(difference: number): string {
  let value = difference < 0 ? ~(difference << 1) : difference << 1;
  let text = "";
  while (value >= 32) {
    text += String.fromCharCode(((value & 31) | 32) + FIRST);
    value >>= 5;
  }
  return text + String.fromCharCode(value + FIRST);
}
