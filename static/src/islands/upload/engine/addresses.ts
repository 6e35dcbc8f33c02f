/** Signed addresses of parts: twenty asked at a time, renewed before they run out. */
import type { PartAddress } from "./wire";

const LIFE_MS = 50 * 60_000;
const AT_ONCE = 20;

export class AddressBook {
  private known = new Map<number, { url: string; at: number }>();
  private asking: Promise<void> | null = null;

  constructor(private readonly ask: (numbers: number[]) => Promise<PartAddress[]>) {}

  take(given: readonly PartAddress[]): void {
    for (const { number, url } of given) this.known.set(number, { url, at: Date.now() });
  }

  /** Forget all: storage refused one as expired. */
  clear(): void {
    this.known.clear();
  }

  /** Return the address of `number`; `wanted` are the parts that will be needed next. */
  async of(number: number, wanted: () => number[]): Promise<string> {
    for (;;) {
      const found = this.known.get(number);
      if (found && Date.now() - found.at < LIFE_MS) return found.url;
      if (this.asking) {
        await this.asking;
        continue;
      }
      const next = wanted().filter((n) => n > number);
      this.asking = this.ask([number, ...next].slice(0, AT_ONCE))
        .then((given) => this.take(given))
        .finally(() => {
          this.asking = null;
        });
      await this.asking;
    }
  }
}
