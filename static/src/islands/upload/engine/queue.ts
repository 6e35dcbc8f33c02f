/**
 * The list of files: one is sent at a time, the smallest that waits first, so that a lesson plan
 * is not held up by a recording. Also knows which dropped file belongs to which unfinished row.
 */
import { Digester } from "./digest";
import { BUSY, FILELESS } from "./phase";
import { type KnownUpload, Transfer } from "./transfer";
import * as wire from "./wire";

/** An upload of the draft as GET /drafts/<id> lists it. */
export interface DraftUpload extends KnownUpload {
  same_as?: { id: string; title: string }[];
  alike?: { id: string; title: string }[];
}

const UNDO_MS = 8000;

export interface Removed {
  transfer: Transfer;
  at: number;
  timer: ReturnType<typeof setTimeout>;
}

export class Queue {
  transfers: Transfer[] = [];
  removed: Removed[] = [];
  /** Names of dropped files that are in the list already or hold nothing. */
  passedOver: string[] = [];
  private readonly digester = new Digester();
  private readonly running = new Set<Transfer>();
  private made = 0;

  constructor(
    private readonly draftId: () => Promise<string>,
    private readonly uploadsOfDraft: () => Promise<DraftUpload[]>,
    private readonly onChange: () => void,
  ) {}

  /** Put in files: each continues its unfinished row, or becomes a new one. */
  add(files: readonly File[]): void {
    this.passedOver = [];
    for (const file of files) {
      const unfinished = this.transfers.find((t) => FILELESS.has(t.phase.name) && t.isFor(file));
      if (unfinished) unfinished.choose(file);
      else if (this.holds(file)) this.passedOver.push(file.name);
      else this.transfers.push(this.make(file));
    }
    this.pump();
  }

  /** Show what the draft holds; what is stored of each is asked of the server. */
  async restore(uploads: readonly DraftUpload[]): Promise<void> {
    for (const upload of uploads) {
      if (upload.state === "abandoned" || this.transfers.some((t) => t.id === upload.id)) continue;
      const transfer = this.make(upload);
      this.transfers.push(transfer);
      if (upload.state !== "open") continue;
      await wire.readUpload(upload.id).then((known) => transfer.learn(known), () => undefined);
      if (transfer.isStored) transfer.resume();
    }
    this.pump();
  }

  pause(transfer: Transfer): void {
    transfer.pause();
    this.running.delete(transfer);
    this.pump();
  }

  resume(transfer: Transfer): void {
    transfer.resume();
    this.pump();
  }

  startOver(transfer: Transfer): void {
    transfer.startOver();
    this.pump();
  }

  choose(transfer: Transfer, file: File): void {
    transfer.choose(file);
    this.pump();
  }

  /** Take a row out; for a few seconds it can be put back. */
  remove(transfer: Transfer): void {
    const at = this.transfers.indexOf(transfer);
    if (at < 0) return;
    const wasBusy = BUSY.has(transfer.phase.name) || transfer.phase.name === "waiting";
    if (wasBusy) transfer.pause();
    this.transfers.splice(at, 1);
    const entry: Removed = { transfer, at, timer: setTimeout(() => this.forget(entry), UNDO_MS) };
    this.removed.push(entry);
    this.pump();
  }

  putBack(entry: Removed): void {
    clearTimeout(entry.timer);
    this.removed = this.removed.filter((other) => other !== entry);
    this.transfers.splice(entry.at, 0, entry.transfer);
    if (entry.transfer.phase.name === "paused") entry.transfer.resume();
    this.pump();
  }

  get isBusy(): boolean {
    return this.transfers.some((t) => BUSY.has(t.phase.name) || t.phase.name === "waiting");
  }

  get allDone(): boolean {
    return this.transfers.length > 0 && this.transfers.every((t) => t.phase.name === "done");
  }

  /** Tell the server of removals that waited for an undo: the page is being left. */
  carryOutRemovals(): void {
    for (const entry of [...this.removed]) this.forget(entry);
  }

  /** The page is gone. What is stored stays stored. */
  close(): void {
    this.carryOutRemovals();
    for (const transfer of this.transfers) transfer.close(false);
    this.digester.close();
  }

  private forget(entry: Removed): void {
    clearTimeout(entry.timer);
    this.removed = this.removed.filter((other) => other !== entry);
    entry.transfer.close(true);
    this.onChange();
  }

  private holds(file: File): boolean {
    return this.transfers.some((t) => t.isFor(file) && (t.file === null || t.file.lastModified === file.lastModified));
  }

  private make(source: File | DraftUpload): Transfer {
    this.made += 1;
    return new Transfer(`row-${this.made}`, {
      digester: this.digester,
      draftId: this.draftId,
      findOrphan: (filename, size) => this.findOrphan(filename, size),
      changed: this.onChange,
    }, source);
  }

  private async findOrphan(filename: string, size: number): Promise<string | null> {
    const known = new Set(this.transfers.map((t) => t.id));
    const uploads = await this.uploadsOfDraft();
    const found = uploads.find((u) => u.filename === filename && u.size === size && u.state === "open" && !known.has(u.id));
    return found?.id ?? null;
  }

  /** Start the next file when none is being sent; a file that another window sends blocks nobody. */
  private pump(): void {
    this.onChange();
    if ([...this.running].some((t) => t.phase.name !== "elsewhere")) return;
    const waiting = this.transfers.filter((t) => t.phase.name === "waiting" && !this.running.has(t));
    waiting.sort((a, b) => a.size - a.storedBytes - (b.size - b.storedBytes));
    const next = waiting[0];
    if (!next) return;
    this.running.add(next);
    void next.run().then(() => {
      this.running.delete(next);
      this.pump();
    });
  }
}
