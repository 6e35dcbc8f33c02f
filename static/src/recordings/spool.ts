/**
 * What a recorder has recorded and the server has not confirmed yet, on the disk of this computer (IndexedDB): a reload,
 * a crash or a cut line costs nothing that stands here. A chunk is forgotten only when the server has it; the first one of
 * a session, without which nothing can be played, only when all of the session is there.
 */

export interface SpoolSession {
  id: string;
  lesson: string;
  /** Who recorded: another person at this computer neither sees nor sends it. */
  person: string;
  mime: string;
  /** Milliseconds since 1970 by the server's clock. */
  startedAt: number;
  /** Known once the recorder ended; until then more may come. */
  total: number | null;
}

export interface SpoolChunk {
  session: string;
  number: number;
  bytes: Blob;
  sha256: string;
}

const NAME = "hub-recordings";
/** Tells pages that load no recorder that there is something to send. */
const FLAG = "hub-recording-spool";

let opening: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("sessions", { keyPath: "id" });
      asked.result.createObjectStore("chunks", { keyPath: ["session", "number"] });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** Run one request and return its result once its transaction is on disk. */
async function ask<Result>(store: "sessions" | "chunks", mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const transaction = (await database()).transaction(store, mode);
  const request = act(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error ?? request.error);
  });
}

const within = (session: string) => IDBKeyRange.bound([session, 0], [session, Infinity]);

export async function keepSession(session: SpoolSession): Promise<void> {
  localStorage.setItem(FLAG, "1");
  await ask("sessions", "readwrite", (store) => store.put(session));
}

export function keepChunk(chunk: SpoolChunk): Promise<unknown> {
  return ask("chunks", "readwrite", (store) => store.put(chunk));
}

/** The sessions of a person, in the order in which they began. */
export async function sessionsOf(person: string): Promise<SpoolSession[]> {
  const all = await ask<SpoolSession[]>("sessions", "readonly", (store) => store.getAll());
  return all.filter((one) => one.person === person).sort((one, other) => one.startedAt - other.startedAt);
}

export async function numbersOf(session: string): Promise<number[]> {
  const keys = await ask<IDBValidKey[]>("chunks", "readonly", (store) => store.getAllKeys(within(session)));
  return keys.map((key) => (key as [string, number])[1]);
}

export async function chunkOf(session: string, number: number): Promise<SpoolChunk | undefined> {
  return ask<SpoolChunk | undefined>("chunks", "readonly", (store) => store.get([session, number]));
}

export async function dropChunk(session: string, number: number): Promise<void> {
  await ask("chunks", "readwrite", (store) => store.delete([session, number]));
}

export async function dropSession(session: string): Promise<void> {
  await ask("chunks", "readwrite", (store) => store.delete(within(session)));
  await ask("sessions", "readwrite", (store) => store.delete(session));
  const left = await ask<number>("sessions", "readonly", (store) => store.count());
  if (left === 0) localStorage.removeItem(FLAG);
}

/** Whether any page has left something here; asks no database. */
export function mayHoldSomething(): boolean {
  try {
    return localStorage.getItem(FLAG) !== null;
  } catch {
    return false;
  }
}
