/**
 * The page's side of digest.worker.ts: ask for the MD5 of a slice, get hex or "unreadable". Where the
 * worker does not load (a cut line, a filter of the school) the page hashes itself: slower, never stuck.
 */
import { md5Of } from "./md5";

export class Unreadable extends Error {}

interface Asked {
  blob: Blob;
  resolve: (digest: string) => void;
  reject: (error: Error) => void;
}

export class Digester {
  private worker: Worker | null = null;
  private hasFailed = false;
  private waiting = new Map<number, Asked>();
  private tickets = 0;

  /** Resolves to 32 hex digits; rejects with Unreadable when the disk no longer gives the bytes. */
  md5(blob: Blob): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = { blob, resolve, reject };
      const worker = this.started();
      if (!worker) return hashHere(asked);
      const ticket = (this.tickets += 1);
      this.waiting.set(ticket, asked);
      worker.postMessage({ ticket, blob });
    });
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting.clear();
  }

  private started(): Worker | null {
    if (this.worker || this.hasFailed) return this.worker;
    try {
      this.worker = new Worker(new URL("./digest.worker.ts", import.meta.url), { type: "module" });
    } catch {
      this.hasFailed = true;
      return null;
    }
    this.worker.onmessage = (event: MessageEvent<{ ticket: number; digest: string | null }>) => {
      const { ticket, digest } = event.data;
      const asked = this.waiting.get(ticket);
      this.waiting.delete(ticket);
      if (digest === null) asked?.reject(new Unreadable());
      else asked?.resolve(digest);
    };
    this.worker.onerror = () => this.goOnHere();
    return this.worker;
  }

  private goOnHere(): void {
    const left = [...this.waiting.values()];
    this.hasFailed = true;
    this.close();
    left.forEach(hashHere);
  }
}

function hashHere({ blob, resolve, reject }: Asked): void {
  md5Of(blob).then(resolve, () => reject(new Unreadable()));
}
