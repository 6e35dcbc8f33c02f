/**
 * The line of one plan to the server: nothing that was typed is lost, and it is said where it is.
 *
 * There is one way in: `plan:join` with what we have, on first sight, after every cut, and when something lacks.
 * Whatever the server does not have then goes to it whole; in between, what was typed goes in small parcels, one
 * under way at a time, and counts as kept only when the server says so. The document itself, standing in the
 * browser's own database, is the outbox.
 */
import { io, type Socket } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import * as Y from "yjs";
import type { Awareness } from "y-protocols/awareness";

export interface Refusal {
  code: string;
  message: string;
  retry_after?: number | null;
}

export type Truth = "opening" | "saved" | "saving" | "cut" | "shut";
export type Part = "owner" | "editor" | "commenter";

export interface Standing {
  part: Part;
  state: "open" | "closed";
}

export interface Events {
  truth: () => void;
  standing: (standing: Standing) => void;
  remarks: () => void;
}

export type Reply = { ok: true; data: any } | { ok: false; error: Refusal };

const ANSWER_MS = 15_000;
/** So long typing gathers before it is sent. */
const GATHER_MS = 120;
const GAP_MS = 500;
const AGAIN_MS = 1_500;
const CURSOR_MS = 120;

export class PlanLine {
  truth: Truth = "opening";
  /** What the server did not take, in its own words; it stands until something was taken again. */
  refusal: Refusal | null = null;
  private readonly socket: Socket;
  private pending: Uint8Array[] = [];
  private isSending = false;
  private isJoined = false;
  private isJoining = false;
  private isClosed = false;
  /** The server refused something that the document holds: the next change is sent by joining anew. */
  private isApart = false;
  private standing: Standing;
  private seq = 0;
  private readonly missing = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gap: ReturnType<typeof setTimeout> | undefined;
  private cursorTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly plan: string,
    private readonly doc: Y.Doc,
    private readonly awareness: Awareness,
    standing: Standing,
    private readonly store: unknown,
    private readonly events: Events,
  ) {
    this.standing = standing;
    this.socket = io("/plans", { parser, transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 4_000, timeout: 20_000, forceNew: true, autoConnect: false });
    this.socket.on("connect", () => void this.join());
    this.socket.on("disconnect", (reason) => this.cut(reason));
    this.socket.on("connect_error", () => this.noConnection());
    this.socket.on("plan:updated", (told: { seq: number; update: ArrayBuffer }) => this.take(told));
    this.socket.on("plan:shut", (told: { error: Refusal }) => this.shut(told.error));
    this.socket.on("standing:changed", (told: Standing) => this.stand(told));
    this.socket.on("remarks:changed", () => events.remarks());
    this.socket.on("presence:passed", (told: Passed) => this.meet(told));
    this.socket.on("presence:asked", () => this.showCursor());
    doc.on("update", this.onUpdate);
    awareness.on("update", this.onAwareness);
  }

  open(): void {
    this.socket.connect();
  }

  get mayWrite(): boolean {
    return this.standing.part !== "commenter" && this.standing.state === "open" && this.truth !== "shut";
  }

  /** True while something was typed here that the server does not have. */
  get isBehind(): boolean {
    return this.pending.length > 0 || this.isSending || this.isApart;
  }

  async ask(name: string, data: Record<string, unknown>): Promise<Reply> {
    return this.socket.timeout(ANSWER_MS).emitWithAck(name, { plan: this.plan, ...data });
  }

  close(): void {
    this.isClosed = true;
    for (const timer of [this.timer, this.gap, this.cursorTimer]) clearTimeout(timer);
    this.doc.off("update", this.onUpdate);
    this.awareness.off("update", this.onAwareness);
    this.socket.disconnect();
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this || origin === this.store) return;
    this.pending.push(update);
    this.tell();
    if (this.isApart && this.isJoined) {
      this.isApart = false;
      void this.join();
    }
    this.sendSoon();
  };

  private readonly onAwareness = (_changed: unknown, origin: unknown): void => {
    if (origin !== "local") return;
    this.cursorTimer ??= setTimeout(() => this.showCursor(), CURSOR_MS);
  };

  private async join(): Promise<void> {
    if (this.isJoining) return;
    this.isJoining = true;
    this.isJoined = false;
    const reply = await this.ask("plan:join", { state: packed(Y.encodeStateVector(this.doc)) }).catch(() => null);
    this.isJoining = false;
    if (this.isClosed) return;
    if (reply && !reply.ok && !reply.error.retry_after) return this.shut(reply.error);
    if (!reply?.ok) {
      if (this.socket.connected) setTimeout(() => this.socket.connected && void this.join(), AGAIN_MS);
      return;
    }
    Y.applyUpdate(this.doc, new Uint8Array(reply.data.update), this);
    this.stand({ part: reply.data.part, state: reply.data.state });
    this.seq = reply.data.seq;
    this.missing.clear();
    const rest = Y.encodeStateAsUpdate(this.doc, new Uint8Array(reply.data.has));
    this.pending = this.mayWrite && rest.length > 2 ? [rest] : [];
    this.isJoined = true;
    this.tell();
    this.showCursor();
    void this.send();
  }

  private sendSoon(): void {
    if (this.isJoined && !this.isSending) this.timer ??= setTimeout(() => void this.send(), GATHER_MS);
  }

  private async send(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.isJoined || this.isSending || this.pending.length === 0 || this.isClosed) return;
    const parcel = this.pending;
    this.pending = [];
    this.isSending = true;
    this.tell();
    const update = parcel.length === 1 ? parcel[0]! : Y.mergeUpdates(parcel);
    const given = { update: packed(update), client: this.doc.clientID, clock: Y.getState(this.doc.store, this.doc.clientID) };
    const reply = await this.ask("plan:update", given).catch(() => null);
    this.isSending = false;
    if (this.isClosed) return;
    if (reply?.ok) this.kept(reply.data.seq);
    else this.notKept(parcel, reply && !reply.ok ? reply.error : null);
    this.tell();
  }

  private kept(seq: number): void {
    this.refusal = null;
    this.know(seq);
    if (this.pending.length) this.sendSoon();
  }

  private notKept(parcel: Uint8Array[], error: Refusal | null): void {
    if (error === null || error.code === "update_lacks" || error.code === "not_joined") {
      this.pending = [...parcel, ...this.pending];
      if (this.socket.connected) void this.join();
    } else if (error.retry_after) {
      this.pending = [...parcel, ...this.pending];
      this.timer ??= setTimeout(() => void this.send(), error.retry_after * 1_000);
    } else {
      // It stays in the document here: whatever is changed next goes together with it, by joining anew.
      this.isApart = true;
      this.pending = [];
      this.refusal = error;
    }
  }

  private take(told: { seq: number; update: ArrayBuffer }): void {
    Y.applyUpdate(this.doc, new Uint8Array(told.update), this);
    this.know(told.seq);
  }

  /** What is missing may still be on its way from another server; what stays away is asked for. */
  private know(seq: number): void {
    for (let number = this.seq + 1; number < seq; number += 1) this.missing.add(number);
    this.missing.delete(seq);
    this.seq = Math.max(this.seq, seq);
    if (this.missing.size === 0) return;
    this.gap ??= setTimeout(() => {
      this.gap = undefined;
      if (this.missing.size > 0 && this.isJoined) void this.join();
    }, GAP_MS);
  }

  private stand(standing: Standing): void {
    this.standing = { part: standing.part, state: standing.state };
    this.events.standing(this.standing);
    this.tell();
  }

  private shut(error: Refusal): void {
    this.refusal = error;
    this.truth = "shut";
    this.isJoined = false;
    this.isApart = this.isBehind;
    this.events.truth();
    this.socket.disconnect();
  }

  private cut(reason: string): void {
    this.isJoined = false;
    if (this.isClosed || this.truth === "shut") return;
    this.tell();
    // The server ended it: the library waits for us to come back.
    if (reason === "io server disconnect") setTimeout(() => !this.isClosed && this.socket.connect(), AGAIN_MS);
  }

  private noConnection(): void {
    if (!this.socket.active) return this.shut({ code: "not_signed_in", message: "" });
    this.isJoined = false;
    this.tell(true);
  }

  private tell(isCut = false): void {
    if (this.truth === "shut" || this.isClosed) return;
    if (this.isJoined) this.truth = this.pending.length || this.isSending ? "saving" : "saved";
    else if (this.truth !== "opening" || isCut) this.truth = this.isJoining && this.socket.connected ? "saving" : "cut";
    this.events.truth();
  }

  // ---- who is where

  private showCursor(): void {
    clearTimeout(this.cursorTimer);
    this.cursorTimer = undefined;
    const state = this.awareness.getLocalState();
    if (!this.isJoined || state === null) return;
    const cursor = { place: state["place"] ?? null, cursor: state["cursor"] ?? null };
    this.socket.emit("presence:pass", { plan: this.plan, client: this.doc.clientID, cursor });
  }

  private meet({ client, name, person, cursor }: Passed): void {
    if (client === this.doc.clientID) return;
    const { states, meta } = this.awareness;
    const isNew = !states.has(client);
    const clock = (meta.get(client)?.clock ?? 0) + 1;
    meta.set(client, { clock, lastUpdated: Date.now() });
    if (cursor === null) states.delete(client);
    else states.set(client, { ...cursor, user: { name, tone: toneOf(person), color: "#0f766e" } });
    const changed = { added: cursor && isNew ? [client] : [], updated: cursor && !isNew ? [client] : [], removed: cursor ? [] : [client] };
    this.awareness.emit("change", [changed, "server"]);
    this.awareness.emit("update", [changed, "server"]);
  }
}

interface Passed {
  client: number;
  name: string;
  person: string;
  cursor: { place: string | null; cursor: unknown } | null;
}

/** Bytes as msgpack sends them: a view would go as an object of numbers. */
function packed(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

const TONES = 6;

/** One of six colours, the same for a person on every page. */
function toneOf(person: string): number {
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % TONES;
}
