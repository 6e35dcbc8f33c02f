/** Which bytes of a file are there and which come next, so that a cut costs none of them. Pure. */

/** Bytes `from` up to and without `to`. */
export interface Part {
  from: number;
  to: number;
}

/** The first bytes that are lacking, at most so many; null when nothing is. */
export function lacking(parts: readonly Part[], size: number, most: number): Part | null {
  let at = 0;
  for (const part of sorted(parts)) {
    if (part.from > at) return { from: at, to: Math.min(part.from, at + most) };
    at = Math.max(at, part.to);
  }
  return at < size ? { from: at, to: Math.min(size, at + most) } : null;
}

/** How many bytes of a file are there, each counted once. */
export function covered(parts: readonly Part[]): number {
  let [count, at] = [0, 0];
  for (const part of sorted(parts)) {
    count += Math.max(0, part.to - Math.max(at, part.from));
    at = Math.max(at, part.to);
  }
  return count;
}

/** The parts that make up the whole in order, each cut to what the ones before it lack. */
export function chain(parts: readonly Part[]): { part: Part; skip: number }[] {
  const found: { part: Part; skip: number }[] = [];
  let at = 0;
  for (const part of sorted(parts)) {
    if (part.to <= at) continue;
    found.push({ part, skip: Math.max(0, at - part.from) });
    at = part.to;
  }
  return found;
}

function sorted(parts: readonly Part[]): Part[] {
  return [...parts].sort((one, other) => one.from - other.from || other.to - one.to);
}
