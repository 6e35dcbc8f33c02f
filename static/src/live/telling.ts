/** What others see at once of what a hand does: the growing stroke and the pointer, a few times a second. */
import { encode, type Pair } from "./board";
import type { LessonClient } from "./client";
import type { Ink } from "./strokes";

const PASS_MS = 125;
const POINT_MS = 66;
const MOST_PASSED = 200;

export class Telling {
  private serial = 0;
  private passed = 0;
  private passedAt = 0;
  private pointedAt = 0;

  constructor(private readonly client: LessonClient) {}

  /** A new stroke begins; its parts belong together for those who see them. */
  begin(): void {
    this.serial += 1;
    this.passed = 0;
  }

  /** Tell what was added to the stroke since it was told last. */
  stroke(page: string, { points, ...how }: Ink): void {
    const part = points.slice(this.passed, this.passed + MOST_PASSED);
    if (part.length === 0 || Date.now() - this.passedAt < PASS_MS) return;
    this.client.pass("ink:pass", { k: this.serial, page, ...how, points: encode(part) });
    this.passed += part.length;
    this.passedAt = Date.now();
  }

  /** Tell where the pointer is, in thousandths of the page's width and height. */
  pointer(page: string, [x, y]: Pair, ratio: number): void {
    if (Date.now() - this.pointedAt < POINT_MS) return;
    this.pointedAt = Date.now();
    this.client.pass("pointer:pass", { page, x: share(x / 2), y: share(y / 2 / ratio) });
  }
}

function share(value: number): number {
  return Math.round(Math.min(1000, Math.max(0, value)));
}
