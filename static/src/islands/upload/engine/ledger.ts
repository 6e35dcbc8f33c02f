/** Which parts of one file storage holds, and which of them we have proved to be ours. Pure. */
import { isMd5, missingParts, partCount, plainEtag, spanOf, type Span } from "./parts";
import type { StoredPart } from "./wire";

export type HeldPart = StoredPart & { proven: boolean };

export class Ledger {
  partSize = 0;
  private held = new Map<number, HeldPart>();

  constructor(readonly size: number) {}

  /**
   * Take over the server's list; what we proved stays proven while its ETag is the same. Of parts that
   * are joined already no ETag is told: what we know of them stays.
   */
  learn(partSize: number, parts: readonly StoredPart[]): void {
    const before = this.held;
    this.partSize = partSize;
    this.held = new Map();
    for (const part of parts) {
      if (part.number > partCount(this.size, partSize)) continue;
      const mine = before.get(part.number);
      const etag = plainEtag(part.etag) || (mine?.etag ?? "");
      this.held.set(part.number, { ...part, etag, proven: mine?.proven === true && mine.etag === etag });
    }
  }

  /** Note a part that we sent and whose ETag is right. */
  add(number: number, etag: string): void {
    const { start, end } = this.span(number);
    this.held.set(number, { number, size: end - start, etag, proven: true });
  }

  drop(number: number): void {
    this.held.delete(number);
  }

  /** Nothing is proven any more: the file was chosen anew. */
  doubt(): void {
    for (const part of this.held.values()) part.proven = false;
  }

  clear(): void {
    this.held.clear();
    this.partSize = 0;
  }

  span(number: number): Span {
    return spanOf(number, this.size, this.partSize);
  }

  missing(): number[] {
    return missingParts(this.size, this.partSize, this.held);
  }

  /** Parts still to be compared with the file; an ETag that is no MD5 cannot be compared. */
  unproven(): HeldPart[] {
    return [...this.held.values()].filter((part) => !part.proven && isMd5(part.etag));
  }

  get bytes(): number {
    let total = 0;
    for (const part of this.held.values()) total += part.size;
    return Math.min(total, this.size);
  }

  get count(): number {
    return this.held.size;
  }

  /** What finishing an upload tells the server; nothing when it knows the parts better than we do. */
  receipt(): { number: number; etag: string }[] {
    const parts = [...this.held.values()];
    if (parts.some((part) => part.etag === "")) return [];
    return parts.sort((a, b) => a.number - b.number).map(({ number, etag }) => ({ number, etag }));
  }
}
