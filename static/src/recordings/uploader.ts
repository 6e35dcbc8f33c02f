/**
 * Sends what the spool holds, one chunk at a time and in order, while the line has room: in class, after it, on any page
 * that this person opens later. One page of the browser does it at a time; when it is closed another goes on.
 */
import { api, ApiError, persist, person, rest } from "../shared/api";
import { chunkOf, dropChunk, dropSession, keepSession, numbersOf, sessionsOf, type SpoolSession } from "./spool";

const CHUNK_S = 2;
const LOCK = "hub-recording-upload";
const WEAK_REST_S = 3;
/** A recorder holds the lock of this name while it lives; a session without one has all it will ever have. */
export const recorderLock = (session: string): string => `hub-recorder-${session}`;

export interface Sending {
  /** Seconds of recording that are on this computer alone. */
  leftS: number;
  /** The line is needed for the lesson now. */
  isResting: boolean;
  /** The server's words, when it does not take what it is sent. */
  trouble: string;
}

interface Options {
  /** False while sound and slides of a lesson need the line. */
  hasRoom?: () => boolean;
  changed?: (sending: Sending) => void;
}

export class Uploader {
  sending: Sending = { leftS: 0, isResting: false, trouble: "" };
  private readonly ending = new AbortController();
  private readonly refused = new Set<string>();
  private wake: (() => void) | null = null;
  private isAwake = false;

  constructor(private readonly options: Options = {}) {}

  /** Send until `close`, waiting for more; resolves when it was closed. */
  async follow(): Promise<void> {
    await this.alone(async () => {
      while (!this.isClosed) {
        await this.sendAll();
        if (!this.isAwake) await new Promise<void>((done) => (this.wake = done));
        this.isAwake = false;
      }
    });
  }

  /** Send what there is and end. */
  async finish(): Promise<void> {
    await this.alone(() => this.sendAll());
  }

  /** More is there. */
  poke(): void {
    this.isAwake = true;
    this.wake?.();
    this.wake = null;
    void this.count();
  }

  close(): void {
    this.ending.abort();
    this.poke();
  }

  private get isClosed(): boolean {
    return this.ending.signal.aborted;
  }

  private async alone(act: () => Promise<void>): Promise<void> {
    try {
      await navigator.locks.request(LOCK, { signal: this.ending.signal }, act);
    } catch (error) {
      if (!this.isClosed) throw error;
    }
  }

  private async sendAll(): Promise<void> {
    for (const session of await sessionsOf(person())) {
      if (this.isClosed) return;
      if (!this.refused.has(session.id)) await this.sendSession(session);
    }
    await this.count();
  }

  private async sendSession(session: SpoolSession): Promise<void> {
    try {
      await this.ask(() => announce(session));
      for (const number of await numbersOf(session.id)) {
        await this.room();
        if (this.isClosed) return;
        await this.sendChunk(session, number);
      }
      await this.end(session);
      this.tell({ trouble: "" });
    } catch (error) {
      if (this.isClosed || !(error instanceof ApiError)) return;
      // Joined or erased meanwhile: nothing that is left here can be of use any more.
      if (error.code === "recording_closed") await dropSession(session.id);
      else this.refused.add(session.id);
      this.tell({ trouble: error.code === "recording_closed" ? "" : error.message });
    }
  }

  private async sendChunk(session: SpoolSession, number: number): Promise<void> {
    const chunk = await chunkOf(session.id, number);
    if (!chunk) return;
    const path = `/api/v1/lessons/${session.lesson}/recordings/${session.id}/chunks/${number}`;
    await this.ask(() => api(path, { method: "PUT", body: chunk.bytes, headers: { "X-Content-SHA256": chunk.sha256 } }));
    // The first stays until all is confirmed.
    if (number > 0) await dropChunk(session.id, number);
    await this.count();
  }

  /** Say that a session is over, if its recorder is; what the server lacks though it confirmed it is lost, and said so. */
  private async end(session: SpoolSession): Promise<void> {
    const total = session.total ?? (await totalOfDead(session));
    if (total === null) return;
    const path = `/api/v1/lessons/${session.lesson}/recordings/${session.id}/end`;
    const { missing } = await this.ask(() => api<{ missing: number[] }>(path, { method: "POST", body: { chunks: total } }));
    const here = new Set(await numbersOf(session.id));
    for (const number of missing) if (here.has(number)) await this.sendChunk(session, number);
    const again = missing.length ? await this.ask(() => api<{ missing: number[] }>(path, { method: "POST", body: { chunks: total } })) : { missing };
    if (again.missing.every((number) => !here.has(number))) {
      await dropSession(session.id);
      forgetCount(session.id);
    }
  }

  private async room(): Promise<void> {
    while (!this.isClosed && this.options.hasRoom && !this.options.hasRoom()) {
      this.tell({ isResting: true });
      await rest(WEAK_REST_S, this.ending.signal);
    }
    this.tell({ isResting: false });
  }

  private ask<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return persist(attempt, this.ending.signal, (error) => this.tell({ trouble: error.status === 0 ? "" : error.message }));
  }

  private async count(): Promise<void> {
    let chunks = 0;
    for (const session of await sessionsOf(person())) chunks += (await numbersOf(session.id)).length;
    this.tell({ leftS: chunks * CHUNK_S });
  }

  private tell(what: Partial<Sending>): void {
    this.sending = { ...this.sending, ...what };
    this.options.changed?.(this.sending);
  }
}

function announce(session: SpoolSession): Promise<unknown> {
  const body = { session: session.id, mime: session.mime, started_at: Math.round(session.startedAt) };
  return api(`/api/v1/lessons/${session.lesson}/recordings`, { method: "POST", body });
}

/** How many chunks a session has whose recorder is gone without saying so; null while it lives. */
async function totalOfDead(session: SpoolSession): Promise<number | null> {
  return navigator.locks.request(recorderLock(session.id), { ifAvailable: true }, async (lock) => {
    if (!lock) return null;
    // The recorder writes what it sent down too, so the last number here or sent before is the last there is.
    const total = Math.max(session.total ?? 0, sentOf(session.id), ...(await numbersOf(session.id)).map((number) => number + 1));
    await keepSession({ ...session, total });
    return total;
  });
}

const SENT = "hub-recording-count-";

/** The recorder notes how many chunks it made, for whoever has to end its session. */
export function noteCount(session: string, count: number): void {
  localStorage.setItem(SENT + session, String(count));
}

export function forgetCount(session: string): void {
  localStorage.removeItem(SENT + session);
}

function sentOf(session: string): number {
  return Number(localStorage.getItem(SENT + session) ?? 0);
}
