/**
 * One file on its way to storage: opened, checked against what is stored, sent part by part,
 * joined. It survives everything but the loss of the file itself: each cut is waited out, expired
 * addresses are asked for anew, and what storage holds is always asked of the server.
 *
 * Rule: a part counts as stored only when storage's ETag is the MD5 of our bytes.
 */
import { ApiError, backOff, renewToken, rest } from "../../../shared/api";
import { AddressBook } from "./addresses";
import { type Digester, Unreadable } from "./digest";
import { Ledger } from "./ledger";
import { Meter, lanesFor, patience } from "./meter";
import { checkOrder, cleanName, isMd5 } from "./parts";
import type { HoldReason, Phase } from "./phase";
import { putPart, type PutTrouble } from "./put";
import { inTurn } from "./turn";
import * as wire from "./wire";

const ASK_AGAIN_MS = 60_000;
const MOST_MISMATCHES = 5;
const MOST_JOINS = 5;
/** The server itself waits ten seconds before it says that it is still joining: ten minutes in all. */
const MOST_WAITS = 20;

/** Nothing of such an upload can be sent: it is over, or was never begun. */
const SETTLED: ReadonlySet<wire.UploadState> = new Set(["finished", "refused", "opening"]);

/** An upload that the server knows of, before this page has a file for it. */
export type KnownUpload = Pick<wire.StoredUpload, "id" | "filename" | "size" | "state" | "message">;

/** What a transfer needs from its list: where uploads belong, and orphans of a lost answer. */
export interface Host {
  digester: Digester;
  draftId: () => Promise<string>;
  findOrphan: (filename: string, size: number) => Promise<string | null>;
  changed: () => void;
}

/** Ends a run whose phase already says why. */
class Settled extends Error {}

export class Transfer {
  id: string | null = null;
  readonly filename: string;
  readonly size: number;
  file: File | null = null;
  phase: Phase;
  expiresAt: string | null = null;
  private readonly ledger: Ledger;
  private readonly addresses = new AddressBook((numbers) => this.ask(() => wire.askAddresses(this.uploadId, numbers)));
  private readonly meter = new Meter();
  private inFlight = new Map<number, number>();
  private stop = new AbortController();
  private askedAt = 0;
  private mismatches = 0;
  private isProven = false;
  /** What the server said last of this upload. */
  private told: wire.UploadState = "open";

  constructor(
    readonly key: string,
    private readonly host: Host,
    source: File | KnownUpload,
  ) {
    if (source instanceof File) {
      this.file = source;
      this.filename = cleanName(source.name);
      this.phase = { name: "waiting" };
    } else {
      this.id = source.id;
      this.filename = source.filename;
      this.told = source.state;
      this.phase = phaseOf(source);
    }
    this.size = source.size;
    this.ledger = new Ledger(source.size);
  }

  /** Bytes that are safe in storage. */
  get storedBytes(): number {
    return this.phase.name === "done" || this.isStored ? this.size : this.ledger.bytes;
  }

  /** Bytes stored or handed to the network. */
  get goneBytes(): number {
    let total = this.storedBytes;
    for (const bytes of this.inFlight.values()) total += bytes;
    return Math.min(total, this.size);
  }

  rate(now = Date.now()): number | null {
    return this.phase.name === "sending" ? this.meter.rate(now / 1000) : null;
  }

  secondsLeft(now = Date.now()): number | null {
    const rate = this.rate(now);
    return rate ? (this.size - this.goneBytes) / rate : null;
  }

  /** Take over what the server knows of this upload (after a reload, on another computer). */
  learn(upload: wire.StoredUpload): void {
    this.expiresAt = upload.expires_at;
    this.told = upload.state;
    if (SETTLED.has(upload.state)) return this.become(phaseOf(upload));
    this.ledger.learn(upload.part_size, upload.parts);
    this.host.changed();
  }

  /** Is `file` the one this row waits for, as far as name and size can tell? */
  isFor(file: File): boolean {
    return this.size === file.size && this.filename === cleanName(file.name);
  }

  /** Give the row its file (again); a file of another name or size is refused and nothing is lost. */
  choose(file: File): void {
    if (!this.isFor(file)) return this.become({ name: "different", chosen: file.name });
    this.file = file;
    this.isProven = false;
    this.ledger.doubt();
    if (this.told !== "opening") return this.become({ name: "waiting" });
    this.close(true);
    this.startOver();
  }

  pause(): void {
    this.become({ name: "paused" });
    this.stop.abort();
  }

  resume(): void {
    this.become({ name: this.file || this.isStored ? "waiting" : "needs_file" });
  }

  /** True when the server is joining the parts: all are there, and the file is needed no more. */
  get isStored(): boolean {
    return this.told === "finishing";
  }

  /** Begin again as a new upload of the same file. */
  startOver(): void {
    this.id = null;
    this.told = "open";
    this.ledger.clear();
    this.addresses.clear();
    this.resume();
  }

  /** Stop for good; `forget` tells the server too. */
  close(forget: boolean): void {
    this.stop.abort();
    const { id } = this;
    if (!forget || !id) return;
    // What is whole stays stored, since another work may hold it, or another teacher brought it: only the draft forgets it.
    const told = this.phase.name === "done" ? this.host.draftId().then((draft) => wire.leaveOut(draft, id)) : wire.abandonUpload(id);
    told.catch(() => undefined);
  }

  /** Send until done, paused or in need of a person. Never rejects. */
  async run(): Promise<void> {
    this.stop = new AbortController();
    this.meter.reset();
    this.mismatches = 0;
    const { signal } = this.stop;
    try {
      await this.open();
      await inTurn(this.uploadId, signal, () => this.watchOther(), () => this.send());
    } catch (error) {
      if (!signal.aborted) this.giveUp(error);
    } finally {
      this.stop.abort();
      this.inFlight.clear();
      this.host.changed();
    }
  }

  private giveUp(error: unknown): void {
    if (error instanceof Settled) return;
    if (error instanceof Unreadable) return this.become({ name: "unreadable" });
    if (!(error instanceof ApiError)) return this.become({ name: "stuck", message: String(error), requestId: null });
    const { status, message, requestId } = error;
    if (status === 404 || status === 410) return this.become({ name: "expired", message });
    if (status === 422 || status === 413) return this.become({ name: "refused", message: Object.values(error.fields)[0] ?? message });
    this.become({ name: "stuck", message, requestId });
  }

  private async open(): Promise<void> {
    if (this.id) return;
    this.become({ name: "opening" });
    const draftId = await this.ask(() => this.host.draftId());
    let isRetry = false;
    const opened = await this.ask(async () => {
      // An answer lost on the way leaves an upload behind: go on with that one.
      const orphan = isRetry ? await this.host.findOrphan(this.filename, this.size) : null;
      isRetry = true;
      return orphan ?? wire.openUpload((this.file as File).name, this.size, draftId);
    });
    if (typeof opened === "string") {
      this.id = opened;
      return;
    }
    this.id = opened.id;
    this.ledger.learn(opened.part_size, []);
    this.addresses.take(opened.parts);
    this.askedAt = Date.now();
  }

  private async send(): Promise<void> {
    if (Date.now() - this.askedAt > 1000) await this.refresh();
    for (let joins = 0; ; ) {
      if (!this.isStored) {
        this.needFile();
        await this.prove();
        await this.sendMissing();
        if (this.ledger.unproven().length > 0) continue;
      }
      if (await this.join((joins += 1))) return;
    }
  }

  /** After a reload a joined upload has no file here; it takes one again if joining it failed. */
  private needFile(): void {
    if (this.file) return;
    this.become({ name: "needs_file" });
    throw new Settled();
  }

  /** Compare every stored part that this page has not sent with the file; another file stops here. */
  private async prove(): Promise<void> {
    const parts = new Map(this.ledger.unproven().map((part) => [part.number, part]));
    let done = 0;
    for (const number of checkOrder([...parts.keys()])) {
      const part = parts.get(number);
      if (!part) continue;
      if (!this.isProven) this.become({ name: "checking", share: done / parts.size });
      const isRight = (await this.digest(number)) === part.etag;
      this.check();
      done += 1;
      part.proven = isRight;
      if (isRight) continue;
      // Once the file is known to be ours, a wrong part was stored by someone else: send ours.
      if (this.isProven) this.ledger.drop(number);
      else this.refuseFile();
    }
    this.isProven = true;
  }

  private refuseFile(): never {
    const chosen = this.file?.name ?? "";
    this.file = null;
    this.become({ name: "different", chosen });
    throw new Settled();
  }

  private async sendMissing(): Promise<void> {
    let tries = 0;
    while (this.ledger.missing().length > 0) {
      const before = this.ledger.count;
      this.become({ name: "sending" });
      const trouble = await this.sendUntilTrouble();
      this.check();
      if (trouble === null) continue;
      tries = this.ledger.count > before ? 1 : tries + 1;
      if (trouble === "expired") this.addresses.clear();
      if (trouble !== "expired" || tries > 1) await this.hold(holdReason(trouble), backOff(tries));
      await this.refresh();
    }
  }

  /** Keep the lanes full; returns null when all is sent, else what stopped it, with all lanes at rest. */
  private async sendUntilTrouble(): Promise<PutTrouble | null> {
    const lanes = new Set<Promise<void>>();
    const failures: unknown[] = [];
    let trouble: PutTrouble | null = null;
    for (;;) {
      const isWell = trouble === null && failures.length === 0;
      if (isWell && Date.now() - this.askedAt > ASK_AGAIN_MS) await this.refreshQuietly();
      const free = this.ledger.missing().filter((number) => !this.inFlight.has(number));
      while (isWell && lanes.size < lanesFor(this.rate()) && free.length > 0) {
        const number = free.shift() as number;
        this.inFlight.set(number, 0);
        const lane: Promise<void> = this.sendPart(number)
          .then((problem) => void (trouble ??= problem), (failure: unknown) => void failures.push(failure))
          .then(() => {
            this.inFlight.delete(number);
            lanes.delete(lane);
            this.host.changed();
          });
        lanes.add(lane);
      }
      if (lanes.size === 0) break;
      await Promise.race(lanes);
    }
    if (failures.length > 0) throw failures[0];
    return trouble;
  }

  private async sendPart(number: number): Promise<PutTrouble | null> {
    const url = await this.addresses.of(number, () => this.ledger.missing());
    this.check();
    const { start, end } = this.ledger.span(number);
    const digesting = this.digest(number);
    // The part may fail first; its digest is then nobody's business.
    digesting.catch(() => undefined);
    const result = await putPart({
      url,
      blob: (this.file as File).slice(start, end),
      stallS: patience(end - start, this.rate()),
      signal: this.stop.signal,
      onProgress: (bytes) => {
        this.inFlight.set(number, bytes);
        this.meter.note(this.goneBytes, Date.now() / 1000);
      },
    });
    const md5 = await digesting;
    if (!result.ok) return result.trouble;
    if (isMd5(result.etag) && result.etag !== md5) {
      this.mismatches += 1;
      return this.mismatches > MOST_MISMATCHES ? "storage" : null;
    }
    this.inFlight.delete(number);
    this.ledger.add(number, result.etag || md5);
    return null;
  }

  /** Join the parts; true when nothing is left to do, false when some part must be sent again. */
  private async join(tries: number): Promise<boolean> {
    this.become({ name: "joining" });
    for (let waits = 1; ; waits += 1) {
      try {
        await this.ask(() => wire.finishUpload(this.uploadId, this.ledger.receipt()));
        this.become({ name: "done" });
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        const isAtIt = error.code === "finishing";
        if (isAtIt ? waits >= MOST_WAITS : tries >= MOST_JOINS) throw error;
        if (!isAtIt) break;
        await rest(backOff(waits, error.retryAfterS), this.stop.signal);
        this.check();
      }
    }
    await this.refresh();
    return false;
  }

  /** Ask the server what is stored; throws Settled when there is nothing left to do. */
  private async refresh(): Promise<void> {
    this.askedAt = Date.now();
    const upload = await this.ask(() => wire.readUpload(this.uploadId));
    this.check();
    this.learn(upload);
    if (SETTLED.has(upload.state)) throw new Settled();
    if (upload.state === "abandoned") throw new ApiError(upload.message ?? "", 404, "upload_abandoned");
  }

  /** The same in passing, while parts are on their way: no answer is no trouble. */
  private async refreshQuietly(): Promise<void> {
    this.askedAt = Date.now();
    const upload = await wire.readUpload(this.uploadId).catch(() => null);
    this.check();
    if (upload?.state === "finished") {
      this.learn(upload);
      throw new Settled();
    }
    if (upload?.state === "open" || upload?.state === "finishing") this.learn(upload);
  }

  /** Ask our server through cuts, sign-outs and stale tokens; anything else is raised. */
  private async ask<Result>(question: () => Promise<Result>): Promise<Result> {
    const before = this.phase;
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await question();
        if (this.phase.name === "held") this.become(before);
        return answer;
      } catch (error) {
        this.check();
        if (!(error instanceof ApiError)) throw error;
        const isStale = error.status === 401 || error.code === "csrf";
        if (!isStale && !error.isPassing) throw error;
        const why = error.status === 401 ? "signed_out" : "server";
        if (error.code !== "csrf" || tries > 1) await this.hold(why, backOff(tries, error.retryAfterS));
        if (isStale) await renewToken().catch(() => undefined);
      }
    }
  }

  private async hold(why: HoldReason, seconds: number): Promise<void> {
    this.become({ name: "held", why: navigator.onLine ? why : "offline", until: Date.now() + seconds * 1000 });
    await rest(seconds, this.stop.signal);
    this.check();
    this.meter.reset();
  }

  private watchOther(): void {
    this.become({ name: "elsewhere" });
    const { signal } = this.stop;
    const look = async (): Promise<void> => {
      while (this.phase.name === "elsewhere" && !signal.aborted) {
        const upload = await wire.readUpload(this.uploadId).catch(() => null);
        if (upload && this.phase.name === "elsewhere" && !signal.aborted) {
          this.learn(upload);
          if (SETTLED.has(upload.state)) this.stop.abort();
        }
        await rest(5, signal);
      }
    };
    void look();
  }

  private digest(number: number): Promise<string> {
    const { start, end } = this.ledger.span(number);
    return this.host.digester.md5((this.file as File).slice(start, end));
  }

  private get uploadId(): string {
    return this.id as string;
  }

  private check(): void {
    if (this.stop.signal.aborted) throw new Settled();
  }

  private become(phase: Phase): void {
    this.phase = phase;
    this.host.changed();
  }
}

/** Where an upload stands without a file: joined parts need none. */
function phaseOf({ state, message }: KnownUpload): Phase {
  if (state === "finished") return { name: "done" };
  if (state === "refused") return { name: "refused", message: message ?? "" };
  if (state === "opening") return { name: "unopened" };
  return { name: state === "finishing" ? "waiting" : "needs_file" };
}

function holdReason(trouble: PutTrouble): HoldReason {
  return trouble === "network" ? "server" : "storage";
}
