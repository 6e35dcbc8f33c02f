/**
 * What the device keeps: one record a thing, in IndexedDB, whoever wrote it named beside it.
 *
 * Where the browser refuses to keep anything (a private window), records live as long as the page, and the page says so.
 */

export type Kind = "observation" | "note" | "coding" | "mark" | "photo";

export interface Kept<Data = unknown> {
  id: string;
  kind: Kind;
  person: string;
  /** The observation that it belongs to; its own id for an observation. */
  parent: string;
  data: Data;
  version: number;
  /** The newest version that the server is known to have. */
  sent: number;
  /** Why the server did not take this version. */
  refused?: { version: number; words: string };
  /** What the device alone needs. */
  local?: Record<string, unknown>;
}

const NAME = "hub-observe";
const STORE = "things";

export class Store {
  private constructor(private readonly db: IDBDatabase | null) {}

  static async open(): Promise<Store> {
    try {
      return new Store(await opened());
    } catch {
      return new Store(null);
    }
  }

  get isLasting(): boolean {
    return this.db !== null;
  }

  async put(things: Kept[]): Promise<void> {
    if (!this.db || things.length === 0) return;
    const act = this.db.transaction(STORE, "readwrite");
    for (const thing of things) act.objectStore(STORE).put(thing);
    // Without this the browser waits for a sign of the page, which a page that is closed now never gives.
    act.commit();
    await ended(act);
  }

  async remove(ids: string[]): Promise<void> {
    if (!this.db || ids.length === 0) return;
    const act = this.db.transaction(STORE, "readwrite");
    for (const id of ids) act.objectStore(STORE).delete(id);
    await ended(act);
  }

  /** What this person wrote on this device. */
  async all(person: string): Promise<Kept[]> {
    if (!this.db) return [];
    const asked = this.db.transaction(STORE).objectStore(STORE).index("person").getAll(person);
    return new Promise((give, refuse) => {
      asked.onsuccess = () => give(asked.result as Kept[]);
      asked.onerror = () => refuse(asked.error as Error);
    });
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((give, refuse) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("person", "person");
    asked.onsuccess = () => give(asked.result);
    asked.onerror = () => refuse(asked.error as Error);
    asked.onblocked = () => refuse(new Error("blocked"));
  });
}

function ended(act: IDBTransaction): Promise<void> {
  return new Promise((give, refuse) => {
    act.oncomplete = () => give();
    act.onerror = () => refuse(act.error as Error);
    act.onabort = () => refuse(act.error as Error);
  });
}
