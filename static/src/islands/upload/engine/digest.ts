/** The page's side of digest.worker.ts: ask for the MD5 of a slice, get hex or "unreadable". */

export class Unreadable extends Error {}

export class Digester {
  private worker: Worker | null = null;
  private waiting = new Map<number, { resolve: (digest: string) => void; reject: (error: Error) => void }>();
  private tickets = 0;

  /** Resolves to 32 hex digits; rejects with Unreadable when the disk no longer gives the bytes. */
  md5(blob: Blob): Promise<string> {
    const worker = (this.worker ??= this.start());
    const ticket = (this.tickets += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(ticket, { resolve, reject });
      worker.postMessage({ ticket, blob });
    });
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting.clear();
  }

  private start(): Worker {
    const worker = new Worker(new URL("./digest.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<{ ticket: number; digest: string | null }>) => {
      const { ticket, digest } = event.data;
      const asked = this.waiting.get(ticket);
      this.waiting.delete(ticket);
      if (digest === null) asked?.reject(new Unreadable());
      else asked?.resolve(digest);
    };
    return worker;
  }
}
