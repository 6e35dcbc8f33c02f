/**
 * A lesson as one client holds it: joins, keeps facts in order, and loses nothing that was done here.
 *
 * What the user does is written down before it is sent and crossed out when its fact arrives, so a reload,
 * a cut or a server that was restarted costs nothing. There is one way in: lesson:join with the last fact
 * known, on first sight, after every reconnection and when a gap shows.
 */
import { io, type Socket } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { fold, newState, type Fact, type State, type Stroke } from "./state.ts";
import { Outbox, type Command } from "./outbox.ts";

export interface Refusal {
  code: string;
  message: string;
  fields?: Record<string, string>;
  retry_after?: number | null;
}

/** The server's refusal of a question; `cut` when it could not be asked. */
export class Unanswered extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export interface Passed {
  by: string;
  data: Record<string, any>;
}

export type Line = "connecting" | "joined" | "cut" | "closed";

export interface Events {
  /** The state changed; `facts` are what changed it, or null when it was replaced as a whole. */
  changed?: (state: State, facts: readonly Fact[] | null) => void;
  line?: (line: Line, since: number) => void;
  /** A command was not taken, with the server's words; it is not tried again. */
  refused?: (command: Command | null, refusal: Refusal) => void;
  /** The door stays shut: not signed in, or no seat in this lesson. */
  shut?: (refusal: Refusal) => void;
  signal?: (passed: Passed & { device: string }) => void;
  ink?: (passed: Passed) => void;
  pointer?: (passed: Passed) => void;
}

interface Options {
  lesson: string;
  /** The seat that the page was made for. */
  expectedSeat?: string;
  asObserver?: boolean;
  token?: string;
  /** How the name of this page's device begins. */
  deviceHead?: string;
  url?: string;
  storage?: Storage | null;
}

type Reply = { ok: true; data: any } | { ok: false; error: Refusal };

const ANSWER_MS = 15_000;
const GAP_MS = 400;
const CLOCK_MS = 20_000;
const TRIPS_KEPT = 6;
/** After a refusal that passes, so long until the next try. */
const AGAIN_MS = 1_500;

export class LessonClient {
  state: State;
  seat = "";
  /** This page, whatever its connection: media is set up between devices. */
  readonly device: string;
  line: Line = "connecting";
  lineSince = Date.now();
  /** What the server's clock shows, less what ours shows, in milliseconds. */
  clockAhead = 0;
  /** The way to the server and back, in milliseconds: the shortest of the last few. */
  rttMs = 0;
  readonly outbox: Outbox;
  private readonly socket: Socket;
  private readonly early = new Map<number, Fact>();
  /** Facts since the snapshot, while pages of it are still to come. */
  private recent: Fact[] = [];
  private gap: ReturnType<typeof setTimeout> | undefined;
  private asking: ReturnType<typeof setInterval> | undefined;
  private readonly trips: number[] = [];
  private isJoined = false;
  private isClosed = false;
  /** Up to which moment of the lesson facts are shown; what is later waits. */
  private until: () => number = () => Infinity;
  private remembered: { state: State; heardAt: number } | null = null;

  constructor(
    private readonly options: Options,
    private readonly events: Events = {},
  ) {
    this.state = newState(options.lesson);
    this.device = `${options.deviceHead ?? ""}${newId()}`;
    this.outbox = new Outbox(`${options.lesson}/${options.expectedSeat ?? ""}`, options.storage);
    this.socket = io(`${options.url ?? ""}/live`, {
      parser,
      transports: ["websocket"],
      auth: options.token ? { token: options.token } : {},
      reconnectionDelay: 500,
      reconnectionDelayMax: 4_000,
      randomizationFactor: 0.5,
      timeout: 20_000,
      forceNew: true,
    });
    this.asking = setInterval(() => void this.askClock(), CLOCK_MS);
    this.socket.on("connect", () => void this.join());
    this.socket.on("disconnect", (reason) => this.cut(reason));
    this.socket.on("connect_error", (error) => this.noConnection(error));
    this.socket.on("facts", (facts: Fact[]) => this.take(facts));
    this.socket.on("refused", (told: { id: string; error: Refusal }) => this.settle(told.id, told.error));
    this.socket.on("known", (told: { id: string }) => this.outbox.done(told.id));
    this.socket.on("signal:passed", (passed: Passed & { device: string }) => this.events.signal?.(passed));
    // What is only passed on is of now: where the board waits for the voice it would be too early.
    this.socket.on("ink:passed", (passed: Passed) => this.isOfNow && this.events.ink?.(passed));
    this.socket.on("pointer:passed", (passed: Passed) => this.isOfNow && this.events.pointer?.(passed));
  }

  /** Show this state if the server cannot be reached; its first answer takes its place. */
  remember(state: State, heardAt: number): void {
    if (!this.state.seq) this.remembered = { state: { ...state, seq: 0 }, heardAt };
  }

  /** Show facts only up to the moment that this gives, asked again with each call; for whoever hears the lesson late. */
  showUntil(until: () => number): void {
    this.until = until;
    this.release();
  }

  /** The server's clock, as near as the way to it lets us know. */
  now(): number {
    return Date.now() + this.clockAhead;
  }

  /**
   * Do something in the lesson and return the id that its fact will carry.
   *
   * It is kept until the server has it, however long the line is down.
   */
  act(name: string, data: Record<string, unknown> = {}): string {
    const command: Command = { name, id: newId(), data, made_at: Math.round(this.now()) };
    this.outbox.add(command);
    if (this.isJoined) this.send(command);
    return command.id;
  }

  /** Show something at once to everybody who is there now; nobody else will ever see it. */
  pass(name: "ink:pass" | "pointer:pass", data: Record<string, unknown>): void {
    if (this.isJoined) this.socket.volatile.emit(name, { lesson: this.options.lesson, data });
  }

  /** Pass a setting-up of media to another device of the lesson; false when it is cut off or gone. */
  async signal(to: string, data: Record<string, unknown>): Promise<boolean> {
    if (!this.isJoined) return false;
    const wanted = { lesson: this.options.lesson, to, data };
    const reply: Reply | null = await this.socket.timeout(ANSWER_MS).emitWithAck("signal:pass", wanted).catch(() => null);
    return reply?.ok ?? false;
  }

  /** Ask something that is no act of teaching and return what is answered; raises Unanswered. */
  async ask(name: string, data: Record<string, unknown>): Promise<any> {
    if (!this.isJoined) throw new Unanswered("cut");
    const wanted = { lesson: this.options.lesson, ...data };
    const reply: Reply | null = await this.socket.timeout(ANSWER_MS).emitWithAck(name, wanted).catch(() => null);
    if (!reply?.ok) throw new Unanswered(reply?.error.code ?? "cut");
    return reply.data;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.gap);
    clearInterval(this.asking);
    this.socket.disconnect();
    this.show("closed");
  }

  private async join(): Promise<void> {
    const { lesson, asObserver } = this.options;
    const began = Date.now();
    const wanted = { lesson, device: this.device, ...(this.state.seq ? { since: this.state.seq } : {}), ...(asObserver ? { as_observer: true } : {}) };
    let reply: Reply;
    try {
      reply = await this.socket.timeout(ANSWER_MS).emitWithAck("lesson:join", wanted);
    } catch {
      return this.joinLater();
    }
    if (!reply.ok) {
      if (reply.error.retry_after) return this.joinLater();
      this.events.shut?.(reply.error);
      return this.close();
    }
    this.timed(reply.data.now, began);
    this.seat = reply.data.seat;
    if (reply.data.snapshot) {
      this.early.clear();
      this.recent = [];
      this.state = reply.data.snapshot;
      this.events.changed?.(this.state, null);
      void this.loadPages();
    } else {
      this.take(reply.data.facts);
    }
    this.isJoined = true;
    this.show("joined");
    for (const command of this.outbox.all()) this.send(command);
  }

  private async askClock(): Promise<void> {
    if (!this.isJoined) return;
    const began = Date.now();
    const reply: Reply | null = await this.socket.timeout(ANSWER_MS).emitWithAck("clock:ask", {}).catch(() => null);
    if (reply?.ok) this.timed(reply.data.now, began);
  }

  /** The shortest way tells the time best; a join takes longer than it, so it counts only while nothing better is known. */
  private timed(serverNow: number, began: number): void {
    const trip = Date.now() - began;
    this.trips.push(trip);
    if (this.trips.length > TRIPS_KEPT) this.trips.shift();
    this.rttMs = Math.min(...this.trips);
    if (trip === this.rttMs) this.clockAhead = serverNow - (began + Date.now()) / 2;
  }

  private joinLater(): void {
    if (!this.isClosed) setTimeout(() => this.socket.connected && void this.join(), AGAIN_MS);
  }

  private async loadPages(): Promise<void> {
    for (const page of this.state.unloaded ?? []) {
      const reply: Reply | null = await this.socket
        .timeout(ANSWER_MS)
        .emitWithAck("board:load", { lesson: this.options.lesson, page })
        .catch(() => null);
      if (!reply?.ok) return; // the next join begins anew
      this.mergePage(page, reply.data.seq, reply.data.strokes);
    }
    delete this.state.unloaded;
    this.recent = [];
  }

  /** A page as it was at `seq`, with what was written and wiped there since. */
  private mergePage(page: string, seq: number, strokes: Stroke[]): void {
    const then = { ...newState(this.options.lesson), seq, pages: { [page]: strokes } };
    fold(then, this.recent.filter((fact) => fact.data.page === page));
    this.state.pages[page] = then.pages[page]!;
    this.events.changed?.(this.state, null);
  }

  private send(command: Command): void {
    const { name, ...rest } = command;
    const isInk = name.startsWith("board:");
    const envelope = { lesson: this.options.lesson, ...rest, ...(isInk ? { wait: false } : {}) };
    if (isInk) {
      this.socket.emit(name, envelope);
      return;
    }
    this.socket
      .timeout(ANSWER_MS)
      .emitWithAck(name, envelope)
      .then((reply: Reply) => (reply.ok ? this.outbox.done(command.id) : this.settle(command.id, reply.error)))
      .catch(() => undefined); // it stays in the outbox and goes again with the next join
  }

  /** A refusal that passes is tried again; any other ends the command and is told. */
  private settle(id: string, refusal: Refusal): void {
    const command = this.outbox.get(id);
    if (command && refusal.retry_after) {
      setTimeout(() => this.isJoined && this.outbox.get(id) && this.send(command), refusal.retry_after * 1000);
      return;
    }
    this.outbox.done(id);
    this.events.refused?.(command, refusal);
  }

  private take(facts: Fact[]): void {
    for (const fact of facts) {
      if (fact.seq > this.state.seq) this.early.set(fact.seq, fact);
      this.outbox.done(fact.data.id);
    }
    this.release();
    clearTimeout(this.gap);
    // Facts of two servers may overtake each other by a moment; what stays away longer is asked for.
    if (this.early.size && !this.early.has(this.state.seq + 1)) this.gap = setTimeout(() => this.socket.connected && void this.join(), GAP_MS);
  }

  /** Show what is in order and due. */
  private release(): void {
    const ready: Fact[] = [];
    // Pages that are still to come are those of now: what waited would be written on them twice.
    const until = this.state.unloaded ? Infinity : this.until();
    for (let next = this.state.seq + 1; (this.early.get(next)?.at ?? Infinity) <= until && this.early.has(next); next += 1) {
      ready.push(this.early.get(next)!);
      this.early.delete(next);
    }
    if (ready.length) {
      fold(this.state, ready);
      if (this.state.unloaded) this.recent.push(...ready);
      this.events.changed?.(this.state, ready);
    }
  }

  private get isOfNow(): boolean {
    return this.until() === Infinity;
  }

  private cut(reason: string): void {
    this.isJoined = false;
    if (this.isClosed) return;
    this.show("cut");
    // The server ended it: the library waits for us to come back.
    if (reason === "io server disconnect") setTimeout(() => !this.isClosed && this.socket.connect(), AGAIN_MS);
  }

  private noConnection(error: Error & { data?: Refusal }): void {
    if (!this.socket.active) {
      this.events.shut?.({ code: error.message, message: error.message });
      this.close();
      return;
    }
    if (this.line !== "cut" && this.state.seq) this.show("cut");
    if (!this.state.seq && this.remembered) this.recall(this.remembered);
  }

  private recall({ state, heardAt }: { state: State; heardAt: number }): void {
    this.remembered = null;
    this.state = state;
    this.events.changed?.(state, null);
    this.show("cut");
    this.lineSince = heardAt;
  }

  private show(line: Line): void {
    if (line === this.line) return;
    this.line = line;
    this.lineSince = Date.now();
    this.events.line?.(line, this.lineSince);
  }
}

/** Unique in the lesson and hard to guess: 96 bits in 16 characters. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}
