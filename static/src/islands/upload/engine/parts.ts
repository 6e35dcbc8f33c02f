/** Arithmetic of parts and names. Pure; the same rules as the server's media/rules.py. */

export interface Span {
  start: number;
  end: number;
}

export function partCount(size: number, each: number): number {
  return Math.max(1, Math.ceil(size / each));
}

/** Bytes of part `number` (counting from 1): start inclusive, end exclusive. */
export function spanOf(number: number, size: number, each: number): Span {
  const start = (number - 1) * each;
  return { start, end: Math.min(start + each, size) };
}

/** Numbers of the parts that `stored` does not hold in full. */
export function missingParts(size: number, each: number, stored: ReadonlyMap<number, { size: number }>): number[] {
  const missing: number[] = [];
  for (let number = 1; number <= partCount(size, each); number += 1) {
    const { start, end } = spanOf(number, size, each);
    if (stored.get(number)?.size !== end - start) missing.push(number);
  }
  return missing;
}

/** Storage quotes its ETags and some stores write them in capitals. */
export function plainEtag(etag: string): string {
  return etag.replace(/^W\//, "").replace(/"/g, "").trim().toLowerCase();
}

/** True when an ETag is the MD5 of the part, as every plain S3 store gives it (not with KMS). */
export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}

/** A file name as the server keeps it, so that a name chosen again can be compared with it. */
export function cleanName(name: string): string {
  const base = name.replace(/\\/g, "/").split("/").pop() ?? "";
  const kept = base
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, "")
    .normalize("NFC")
    .replace(/\s+/g, " ")
    .replace(/^[ .]+|[ .]+$/g, "");
  const letters = [...kept];
  if (letters.length <= 255) return kept;
  const dot = letters.lastIndexOf(".");
  const suffix = letters.slice(dot + 1);
  if (dot < 0 || suffix.length > 10) return letters.slice(0, 255).join("");
  return [...letters.slice(0, 254 - suffix.length), ".", ...suffix].join("");
}

/** Order in which stored parts are compared with a file: the ends first, where files differ most. */
export function checkOrder(numbers: number[]): number[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  if (sorted.length < 3) return sorted;
  const last = sorted.pop() as number;
  const first = sorted.shift() as number;
  return [first, last, ...sorted];
}
