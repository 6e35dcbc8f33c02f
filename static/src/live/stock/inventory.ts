/** What a room wants, has and may throw away, and what it says of it. Pure. */
import { covered, type Part } from "./parts.ts";
import type { Stock, StockFile, StockState } from "./types.ts";

export type Parts = ReadonlyMap<string, readonly Part[]>;

/** What is lacking, in the order of fetching: the next lesson first, each file once. */
export function wanted(stocks: readonly Stock[], held: ReadonlySet<string>): { file: StockFile; lesson: string }[] {
  const seen = new Set(held);
  const found: { file: StockFile; lesson: string }[] = [];
  for (const stock of stocks) {
    for (const file of stock.files) {
      if (seen.has(file.sha256)) continue;
      seen.add(file.sha256);
      found.push({ file, lesson: stock.lesson });
    }
  }
  return found;
}

/** Bytes of a stock that are here, parts of files too; two pages that look alike are one file. */
export function bytesHeld(stock: Stock, held: ReadonlySet<string>, parts: Parts): number {
  const once = new Map(stock.files.map((file) => [file.sha256, file.bytes]));
  let count = 0;
  for (const [sha256, bytes] of once) count += held.has(sha256) ? bytes : Math.min(bytes, covered(parts.get(sha256) ?? []));
  return count;
}

/** What belongs to no lesson any more. */
export function expendable(kept: Iterable<string>, stocks: readonly Stock[]): string[] {
  const needed = new Set(stocks.flatMap((stock) => stock.files.map((file) => file.sha256)));
  return [...kept].filter((sha256) => !needed.has(sha256));
}

/** How a lesson stands: ready only with every file, whatever else is the matter. */
export function stateOf(stock: Stock, held: ReadonlySet<string>, trouble: "disk_full" | "broken" | null): StockState {
  if (stock.is_whole && stock.files.every((file) => held.has(file.sha256))) return "ready";
  if (trouble === "disk_full") return "disk_full";
  return trouble === "broken" ? "missing" : "fetching";
}
