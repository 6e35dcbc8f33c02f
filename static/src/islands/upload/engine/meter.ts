/**
 * How fast bytes go, told honestly: the mean of the last 15 seconds, silence included.
 * Pure; the caller brings the time in seconds.
 */
const WINDOW_S = 15;
const LEAST_S = 2;

/** Two megabits a second: above it, waiting for one answer at a time wastes the line. */
export const FAST_LINE = 2_000_000 / 8;

export class Meter {
  private samples: { at: number; total: number }[] = [];

  /** Note that `total` bytes have gone since the beginning. */
  note(total: number, at: number): void {
    this.samples.push({ at, total });
    this.forget(at);
  }

  /** Bytes a second, or null while it is too early to say. */
  rate(at: number): number | null {
    this.forget(at);
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (!first || !last || at - first.at < LEAST_S) return null;
    return Math.max(0, (last.total - first.total) / (at - first.at));
  }

  /** Forget everything: after a pause the past says nothing. */
  reset(): void {
    this.samples = [];
  }

  /** Keep the newest sample that is older than the window, as the place to measure from. */
  private forget(at: number): void {
    while (this.samples.length > 1 && (this.samples[1] as { at: number }).at <= at - WINDOW_S) this.samples.shift();
  }
}

/** How many parts go at once on a line of this rate: one on a thin or unknown line, else three. */
export function lanesFor(bytesPerSecond: number | null): number {
  return bytesPerSecond !== null && bytesPerSecond >= FAST_LINE ? 3 : 1;
}

/** Seconds without any progress after which a request is given up; generous on thin lines. */
export function patience(partBytes: number, bytesPerSecond: number | null): number {
  const slowest = Math.max(bytesPerSecond ?? 16_000, 4_000);
  return Math.min(1200, Math.max(60, (1.5 * partBytes) / slowest));
}
