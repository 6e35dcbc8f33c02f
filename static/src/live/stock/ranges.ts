/** The Range header of a request for a file that is at hand: one range, as players ask. Pure; only the worker imports it. */

/** Bytes `from` to `to`, both included; null: the whole; "beyond": there is nothing there. */
export function rangeOf(header: string | null, size: number): { from: number; to: number } | "beyond" | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!found || (!found[1] && !found[2])) return null;
  if (!found[1]) return size > 0 && Number(found[2]) > 0 ? { from: Math.max(0, size - Number(found[2])), to: size - 1 } : "beyond";
  const from = Number(found[1]);
  const to = Math.min(size - 1, found[2] ? Number(found[2]) : size - 1);
  return from < size && from <= to ? { from, to } : "beyond";
}
