/**
 * Fetches the stock of the room's coming lessons by itself, and says what the room has.
 *
 * A round asks which lessons there are, throws away what belongs to none, and fetches what is lacking, one request at a
 * time and with rests between. A cut ends the round; the next one goes on at the very byte. Rule: while a lesson is on in
 * this room nothing is fetched, and one page of the device fetches at a time.
 */
import { api, ApiError } from "../../shared/api";
import { bytesHeld, expendable, stateOf, wanted } from "./inventory";
import { requestBytes, restMs, shareAt } from "./pace";
import { lacking, type Part } from "./parts";
import { AddressOver, fetchPart } from "./range";
import * as shelf from "./shelf";
import type { Listed, Stock, StockFile, StockState } from "./types";

/** What a page tells of it: over all lessons. */
export interface Stocked {
  state: StockState | "none";
  lackingBytes: number;
  /** Files whose hash was wrong again and again. */
  broken: number;
}

interface Options {
  /** Whether a lesson is on here. */
  isBusy: () => boolean;
  told?: (stocked: Stocked) => void;
  /** A file is here whole. */
  arrived?: () => void;
}

const IDLE_MS = 120_000;
/** While the platform still works on files, or a round was cut. */
const SOON_MS = 10_000;
const BUSY_MS = 5_000;
const ROUND_MS = 5 * 60_000;
const REPORT_MS = 20_000;
const TRIES = 3;

export class Stocker {
  private readonly ending = new AbortController();
  private stocks: Stock[] = [];
  private held = new Set<string>();
  private parts = new Map<string, Part[]>();
  private readonly wrong = new Map<string, number>();
  private readonly reported = new Map<string, string>();
  private reportedAt = 0;
  private isFull = false;
  private rate: number | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly options: Options) {}

  /** Begin; returns how to end. */
  start(): () => void {
    addEventListener("online", this.again);
    const work = (): Promise<void> => this.work();
    // Another page of this device may be at it already; this one takes over when it is closed.
    if (navigator.locks) void navigator.locks.request("hub-stock", { signal: this.ending.signal }, work).catch(() => undefined);
    else void work();
    return () => {
      removeEventListener("online", this.again);
      this.ending.abort();
      this.again();
    };
  }

  private readonly again = (): void => this.wake?.();

  private async work(): Promise<void> {
    if (shelf.canKeep()) void navigator.storage?.persist?.();
    while (!this.ending.signal.aborted) {
      const pause = await this.round().catch(() => SOON_MS);
      await this.rest(this.options.isBusy() ? BUSY_MS : pause);
    }
  }

  /** One round; returns how long to rest until the next. */
  private async round(): Promise<number> {
    if (this.options.isBusy()) return BUSY_MS;
    const { signal } = this.ending;
    const { lessons } = await api<{ lessons: Listed[] }>("/api/v1/rooms/stock", { signal });
    if (!shelf.canKeep()) return this.refuse(lessons);
    await this.survey(lessons);
    let isMore: boolean;
    try {
      isMore = await this.fetchAll();
    } finally {
      await this.report(true);
    }
    if (isMore) return 0;
    return this.stocks.every((stock) => stock.is_whole) ? IDLE_MS : SOON_MS;
  }

  /** Learn what there should be and what is here, and let go of the rest. */
  private async survey(lessons: Listed[]): Promise<void> {
    this.stocks = [];
    this.isFull = false;
    for (const listed of lessons) this.stocks.push(await this.stock(listed));
    await shelf.dropLists(lessons.map((one) => one.id));
    const [held, parts] = [await shelf.heldFiles(), await shelf.heldParts()];
    await shelf.drop(expendable(new Set([...held, ...parts.keys()]), this.stocks));
    [this.held, this.parts] = [await shelf.heldFiles(), await shelf.heldParts()];
    await this.report(true);
  }

  private async stock({ id, mark, is_whole }: Listed): Promise<Stock> {
    const kept = await shelf.stockOf(id);
    if (kept?.mark === mark && kept.is_whole && is_whole) return kept;
    const found = await api<Stock>(`/api/v1/lessons/${id}/stock`, { signal: this.ending.signal });
    try {
      await shelf.keepList(id, "stock", found);
      this.options.arrived?.();
    } catch (error) {
      if (!(error instanceof shelf.DiskFull)) throw error;
      // Not even the list has room: what follows finds that out as well, after what may go was let go.
      this.isFull = true;
    }
    return found;
  }

  /** Returns whether there is more to fetch: lessons may have changed since the round began, so another one looks first. */
  private async fetchAll(): Promise<boolean> {
    const ends = Date.now() + ROUND_MS;
    for (const { file, lesson } of wanted(this.stocks, this.held)) {
      if (Date.now() > ends) return true;
      if ((this.wrong.get(file.sha256) ?? 0) >= TRIES) continue;
      try {
        await this.fetchFile(file, lesson, ends);
      } catch (error) {
        if (error instanceof shelf.DiskFull) {
          this.isFull = true;
          return false;
        }
        if (!(error instanceof AddressOver)) throw error;
      }
    }
    return false;
  }

  private async fetchFile(file: StockFile, lesson: string, ends: number): Promise<void> {
    const { signal } = this.ending;
    const { url } = await api<{ url: string }>(`/api/v1/lessons/${lesson}/stock/${file.sha256}`, { signal });
    const free = await shelf.room();
    // The parts and the whole lie side by side for a moment.
    if (free !== null && free < 2 * file.bytes) throw new shelf.DiskFull();
    for (let next = this.next(file); next; next = this.next(file)) {
      while (this.options.isBusy() && !signal.aborted) await this.rest(BUSY_MS);
      if (Date.now() > ends || signal.aborted) return;
      await this.fetchSome(url, file, next);
      await this.report(false);
    }
    await this.join(file);
  }

  private next(file: StockFile): Part | null {
    return lacking(this.parts.get(file.sha256) ?? [], file.bytes, requestBytes(this.rate));
  }

  private async fetchSome(url: string, file: StockFile, next: Part): Promise<void> {
    const began = performance.now();
    const keep = async (from: number, bytes: Uint8Array[]): Promise<void> => {
      const part = await shelf.keepPart(file.sha256, from, bytes);
      this.parts.set(file.sha256, [...(this.parts.get(file.sha256) ?? []), part]);
    };
    await fetchPart(url, next, keep, this.ending.signal);
    const took = Math.max(1, performance.now() - began);
    this.rate = ((next.to - next.from) / took) * 1000;
    await this.rest(restMs(took, this.rate, shareAt(new Date().getHours())));
  }

  private async join(file: StockFile): Promise<void> {
    const isTrue = await shelf.join(file, this.parts.get(file.sha256) ?? []);
    this.parts.delete(file.sha256);
    if (isTrue) this.held.add(file.sha256);
    else this.wrong.set(file.sha256, (this.wrong.get(file.sha256) ?? 0) + 1);
    if (isTrue) this.options.arrived?.();
    else if ((this.wrong.get(file.sha256) ?? 0) < TRIES) throw new Error("a file whose hash is wrong");
  }

  /** Say how each lesson stands, when it is worth a request; pages are told each time. */
  private async report(isDue: boolean): Promise<void> {
    this.tell();
    if (!isDue && Date.now() - this.reportedAt < REPORT_MS) return;
    this.reportedAt = Date.now();
    for (const stock of this.stocks) {
      await this.say(stock.lesson, stock.mark, bytesHeld(stock, this.held, this.parts), stock.total_bytes, this.stateOf(stock));
    }
  }

  private stateOf(stock: Stock): StockState {
    const isBroken = stock.files.some((file) => (this.wrong.get(file.sha256) ?? 0) >= TRIES);
    return stateOf(stock, this.held, this.isFull ? "disk_full" : isBroken ? "broken" : null);
  }

  private async refuse(lessons: Listed[]): Promise<number> {
    this.options.told?.({ state: "unsupported", lackingBytes: 0, broken: 0 });
    for (const { id, mark } of lessons) await this.say(id, mark, 0, 0, "unsupported");
    return IDLE_MS;
  }

  /** The same is said once. A report that does not come through is made again with the next round. */
  private async say(lesson: string, mark: string, have_bytes: number, total_bytes: number, state: StockState): Promise<void> {
    const body = { mark, have_bytes, total_bytes, state };
    const words = JSON.stringify(body);
    if (this.reported.get(lesson) === words) return;
    try {
      await api(`/api/v1/lessons/${lesson}/stock/report`, { method: "PUT", body, signal: this.ending.signal });
      this.reported.set(lesson, words);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private tell(): void {
    const states = this.stocks.filter((stock) => stock.files.length || !stock.is_whole).map((stock) => this.stateOf(stock));
    const found = (["disk_full", "missing", "fetching", "ready"] as const).find((state) => states.includes(state)) ?? "none";
    const lackingBytes = this.stocks.reduce((sum, stock) => sum + stock.total_bytes - bytesHeld(stock, this.held, this.parts), 0);
    const broken = [...this.wrong.values()].filter((tries) => tries >= TRIES).length;
    this.options.told?.({ state: found, lackingBytes, broken });
  }

  private rest(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(over, ms);
      const self = this;
      function over(): void {
        clearTimeout(timer);
        self.wake = null;
        done();
      }
      this.wake = over;
    });
  }
}
