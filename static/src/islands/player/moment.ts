/** Addresses that name a second of a recording: `#t=93`, `#t=1:33`, `#t=1:02:33`. Pure. */

export function momentOf(hash: string): number | null {
  const found = /(?:^#|&)t=((?:\d{1,3}:)?(?:\d{1,3}:)?\d{1,6}(?:\.\d+)?)(?=&|$)/.exec(hash);
  if (!found?.[1]) return null;
  return found[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
