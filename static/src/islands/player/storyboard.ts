/** The storyboard: a WebVTT text whose cues name a part of a picture (`url#xywh=x,y,w,h`). Pure. */

export interface Tile {
  from: number;
  to: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const TIMING = /((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d+)\s*-->\s*((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d+)/;
const PART = /^(.*)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

export function secondsOf(timestamp: string): number {
  return timestamp.replace(",", ".").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Read the tiles; relative addresses are resolved against `base`. */
export function tilesOf(text: string, base: string): Tile[] {
  const tiles: Tile[] = [];
  let timing: RegExpExecArray | null = null;
  for (const line of text.split(/\r?\n/)) {
    const found = TIMING.exec(line);
    if (found) {
      timing = found;
      continue;
    }
    const part = PART.exec(line.trim());
    if (!part || !timing) continue;
    const [x, y, width, height] = part.slice(2).map(Number) as [number, number, number, number];
    const url = new URL(part[1] as string, base).href;
    tiles.push({ from: secondsOf(timing[1] as string), to: secondsOf(timing[2] as string), url, x, y, width, height });
    timing = null;
  }
  return tiles;
}

/** The last item that began at or before `at`, by halves: a day-long recording has thousands. */
export function lastBefore<Item>(items: readonly Item[], at: number, start: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start(items[middle] as Item) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function tileAt(tiles: readonly Tile[], at: number): Tile | null {
  return tiles[Math.max(0, lastBefore(tiles, at, (tile) => tile.from))] ?? null;
}
