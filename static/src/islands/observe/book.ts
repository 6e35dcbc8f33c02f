/**
 * All that one person wrote on this device: changed at once, kept at once, sent when there is a line.
 *
 * A change is handed over to the device's store in the same breath, before the page shows it: what is seen outlives the
 * page. Sending goes on by itself: after a change, when the line or the page comes back, and again after a failure, later
 * each time.
 */
import { api, ApiError, backOff } from "../../shared/api";
import { answered, batchOf, isWaiting, waiting, type Answer } from "./batch";
import { newId } from "./ids";
import { Store, type Kept, type Kind } from "./store";
import type { Known, Note } from "./types";
import { t } from "./words";

export type Line = "sent" | "waiting" | "sending" | "cut" | "refused" | "signed_out";

export class Book {
  line: Line = "sent";
  problem = "";
  /** What the server told about an observation, by its id. */
  told: Record<string, string> = {};
  private readonly things = new Map<string, Kept>();
  private readonly heard = new Set<() => void>();
  private timer = 0;
  private tries = 0;
  private isSending = false;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly store: Store,
    private readonly person: string,
  ) {}

  static async open(person: string): Promise<Book> {
    const book = new Book(await Store.open(), person);
    for (const thing of await book.store.all(person)) book.things.set(thing.id, thing);
    return book;
  }

  get isLasting(): boolean {
    return this.store.isLasting;
  }

  get pending(): number {
    return [...this.things.values()].filter(isWaiting).length;
  }

  get<Data>(id: string): Kept<Data> | undefined {
    return this.things.get(id) as Kept<Data> | undefined;
  }

  of<Data>(kind: Kind, parent?: string): Kept<Data>[] {
    const found = [...this.things.values()].filter((one) => one.kind === kind && (parent === undefined || one.parent === parent));
    return found.sort((a, b) => (a.id < b.id ? -1 : 1)) as Kept<Data>[];
  }

  /** Begin something; the id is the device's own. */
  add<Data>(kind: Kind, data: Data, parent = "", local: Record<string, unknown> = {}): Kept<Data> {
    const id = newId(({ observation: "obs", note: "obn", mark: "obm", coding: "cod", photo: "pho" } as const)[kind]);
    const thing: Kept<Data> = { id, kind, person: this.person, parent: parent || id, data, version: 1, sent: 0, local };
    this.write([thing]);
    return thing;
  }

  change<Data>(id: string, part: Partial<Data>): void {
    const thing = this.things.get(id);
    if (!thing) return;
    this.write([{ ...thing, data: { ...(thing.data as object), ...part }, version: thing.version + 1 }]);
  }

  remember(id: string, part: Record<string, unknown>): void {
    const thing = this.things.get(id);
    if (thing) this.write([{ ...thing, local: { ...thing.local, ...part } }]);
  }

  /** Take over what the server has; what was changed here and not sent yet is the newer. */
  learn(known: Known): void {
    const learnt: Kept[] = [];
    const take = (kind: Kind, parent: string, given: { id: string; version: number }, data: unknown): void => {
      const had = this.things.get(given.id);
      if (had && had.version >= given.version) {
        if (had.sent < given.version) learnt.push({ ...had, sent: given.version });
        return;
      }
      learnt.push({ ...had, id: given.id, kind, person: this.person, parent, data, version: given.version, sent: given.version });
    };
    const { observation, notes, marks, codings } = known;
    take("observation", observation.id, observation, without(observation));
    for (const note of notes) take("note", observation.id, note, noteOf(note));
    for (const mark of marks) take("mark", observation.id, mark, { ...without(mark), is_deleted: false });
    for (const coding of codings) take("coding", observation.id, coding, without(coding));
    this.write(learnt);
  }

  /** Settled when all that was written is on the device. */
  written(): Promise<void> {
    return this.writing;
  }

  subscribe(hear: () => void): () => void {
    this.heard.add(hear);
    return () => this.heard.delete(hear);
  }

  /** Send by itself from now on; returns how to stop. */
  follow(): () => void {
    const soon = (): void => {
      this.tries = 0;
      this.soon(0);
    };
    const seen = (): void => {
      if (document.visibilityState === "visible") soon();
    };
    addEventListener("online", soon);
    document.addEventListener("visibilitychange", seen);
    soon();
    return () => {
      removeEventListener("online", soon);
      document.removeEventListener("visibilitychange", seen);
      clearTimeout(this.timer);
    };
  }

  /** Hand in all that waits now; true when the server has it. */
  async flush(): Promise<boolean> {
    await this.writing;
    clearTimeout(this.timer);
    while (this.isSending) await new Promise((done) => setTimeout(done, 50));
    if (this.pending) await this.send();
    return this.pending === 0;
  }

  private write(things: Kept[]): void {
    for (const thing of things) this.things.set(thing.id, thing);
    this.writing = Promise.all([this.writing, this.store.put(things)]).then(() => undefined, (error: unknown) => {
      this.problem = t("not_kept", { why: String(error) });
      this.tell();
    });
    if (things.some(isWaiting)) {
      if (this.line === "sent" || this.line === "refused") this.line = "waiting";
      this.soon(SOON_MS);
    }
    this.tell();
  }

  private tell(): void {
    for (const hear of this.heard) hear();
  }

  private soon(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    if (this.isSending) return this.soon(SOON_MS);
    this.isSending = true;
    try {
      await this.sendPhotos();
      await this.sendAll();
      this.tries = 0;
      this.become(this.pending ? "waiting" : this.isRefused ? "refused" : "sent");
    } catch (error) {
      this.failed(error);
    } finally {
      this.isSending = false;
    }
  }

  private async sendAll(): Promise<void> {
    for (let batch = waiting(this.things.values()); batch.length > 0; batch = waiting(this.things.values())) {
      this.become("sending");
      const answer = await api<Answer>("/api/v1/observations/sync", { method: "POST", body: batchOf(batch, Date.now()) });
      this.told = { ...this.told, ...answer.told };
      this.write(answered(batch, (id) => this.things.get(id), answer));
    }
  }

  private async sendPhotos(): Promise<void> {
    for (const photo of this.of<{ blob: Blob; note: string }>("photo").filter(isWaiting)) {
      this.become("sending");
      const { sendPhoto } = await import("../../live/camera");
      const asset = await sendPhoto(new File([photo.data.blob], "photo.jpg", { type: photo.data.blob.type }), t("photo_lost"));
      this.change<Note>(photo.data.note, { photo: asset });
      this.things.delete(photo.id);
      await this.store.remove([photo.id]);
    }
  }

  private failed(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) return this.become("signed_out");
    const isCut = !(error instanceof ApiError) || error.isPassing || error.status === 409;
    this.become(isCut ? "cut" : "refused", isCut ? "" : error.message);
    this.tries += 1;
    this.soon(backOff(this.tries, error instanceof ApiError ? error.retryAfterS : null) * 1000);
  }

  private get isRefused(): boolean {
    return [...this.things.values()].some((thing) => thing.refused?.version === thing.version);
  }

  private become(line: Line, problem = ""): void {
    this.line = line;
    this.problem = problem;
    this.tell();
  }
}

const SOON_MS = 1_200;

function without<Thing extends { id: string; version: number }>(thing: Thing): object {
  const { id: _id, version: _version, observation: _observation, ...data } = thing as Thing & { observation?: string };
  return data;
}

function noteOf(note: Note): Note {
  const { made_at, second, stage, teacher, pupils, comment, village, tags, side, photo } = note;
  return { made_at, second, stage, teacher, pupils, comment, village, tags, side, photo, is_deleted: false };
}
