/**
 * Signals of devices that this one does not know of yet: the fact that names a device and its first offer come by
 * two ways, and either may be first. An offer that were dropped would be waited for by both sides.
 */
import type { Signal } from "./peer.ts";

const KEPT_MS = 10_000;
const MOST = 60;

export class Early {
  private readonly kept = new Map<string, { at: number; signal: Signal }[]>();

  keep(device: string, signal: Signal, now = performance.now()): void {
    const fresh = (this.kept.get(device) ?? []).filter((one) => now - one.at < KEPT_MS);
    if (this.kept.size < MOST || this.kept.has(device)) this.kept.set(device, [...fresh, { at: now, signal }].slice(-MOST));
  }

  take(device: string, now = performance.now()): Signal[] {
    const found = this.kept.get(device) ?? [];
    this.kept.delete(device);
    return found.filter((one) => now - one.at < KEPT_MS).map((one) => one.signal);
  }
}
