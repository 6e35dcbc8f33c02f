/**
 * The form on the server from the first word: saved a second after typing stops, mirrored in this
 * browser until the server has it, sent once more when the page is left.
 *
 * Rule: the mirror is removed only when the server has acknowledged exactly what it holds.
 */
import { api, persistDraft, person } from "../../shared/api";
import type { DraftUpload } from "./engine/queue";

export interface Fields {
  title: string;
  kind: string;
  node_id: string;
  licence: string;
  summary: string;
  keywords: string;
  author_name: string;
  third_party: string;
  village_fit: string;
  audience: string;
  difficulty: string;
  literacies: string;
  change_note: string;
}

export type FieldName = keyof Fields;

/** As much of a structured plan as this page tells of. */
export interface DraftPlan {
  title?: string;
  steps?: { minutes?: number | null }[];
}

export interface DraftReply {
  id: string;
  fields: Partial<Record<FieldName, string | string[] | null>> & { plan?: DraftPlan | null };
  /** Works that say nearly the same as the plan. */
  plan_alike?: { id: string; title: string }[];
  resource_id: string | null;
  uploads: DraftUpload[];
  suggestions: Partial<Record<FieldName, string>>;
  /** True when it changes what is published: then it must say what. */
  asks_change_note?: boolean;
}

export type SaveState = "empty" | "saved" | "saving" | "here_only";

const PAUSE_MS = 1000;

export class Draft {
  id: string | null;
  state: SaveState = "empty";
  private unsaved: Partial<Fields>;
  private opening: Promise<string> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saving: Promise<void> | null = null;
  private readonly closed = new AbortController();

  constructor(
    id: string | null,
    private readonly onChange: () => void,
  ) {
    this.id = id;
    this.unsaved = this.readMirror();
  }

  /** What was typed here but never reached the server, e.g. before a power cut. */
  get recovered(): Partial<Fields> {
    return { ...this.unsaved };
  }

  set(changes: Partial<Fields>): void {
    Object.assign(this.unsaved, changes);
    this.writeMirror();
    this.state = "here_only";
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE_MS);
    this.onChange();
  }

  /** The id of the draft on the server, made now if there is none yet; rejects when it cannot be. */
  open(): Promise<string> {
    if (this.id) return Promise.resolve(this.id);
    this.opening ??= api<{ id: string }>("/api/v1/drafts", { method: "POST", body: {} })
      .then(({ id }) => {
        const before = this.mirrorKey;
        this.id = id;
        this.writeMirror();
        this.drop(before);
        history.replaceState(null, "", `/upload?draft=${encodeURIComponent(id)}`);
        return id;
      })
      .finally(() => {
        this.opening = null;
      });
    return this.opening;
  }

  async read(): Promise<DraftReply | null> {
    if (!this.id) return null;
    const found = await this.patiently(() => api<DraftReply>(`/api/v1/drafts/${this.id}`));
    if (this.state === "empty") this.state = "saved";
    return found;
  }

  /** Send what is unsaved; never rejects. Several calls become one request after another. */
  save(): Promise<void> {
    this.saving ??= this.sendUnsaved().finally(() => {
      this.saving = null;
      this.onChange();
    });
    return this.saving;
  }

  /** The page is being left: send the rest in a request that outlives it. */
  leave(): void {
    if (!this.id || Object.keys(this.unsaved).length === 0) return;
    api(`/api/v1/drafts/${this.id}`, { method: "PATCH", body: this.unsaved, keepalive: true }).then(
      () => this.drop(this.mirrorKey),
      () => undefined,
    );
  }

  /** Turned into a resource: nothing is to be recovered any more. */
  finish(): void {
    if (this.timer) clearTimeout(this.timer);
    this.unsaved = {};
    this.drop(this.mirrorKey);
    this.closed.abort();
  }

  private async sendUnsaved(): Promise<void> {
    while (Object.keys(this.unsaved).length > 0 && !this.closed.signal.aborted) {
      const sent = { ...this.unsaved };
      try {
        const id = await this.patiently(() => this.open());
        this.state = "saving";
        this.onChange();
        await this.patiently(() => api(`/api/v1/drafts/${id}`, { method: "PATCH", body: sent }));
      } catch {
        // Refused or closed: the words stay in the mirror and in the form.
        this.state = "here_only";
        return;
      }
      for (const name of Object.keys(sent) as FieldName[]) {
        if (this.unsaved[name] === sent[name]) delete this.unsaved[name];
      }
      this.state = "saved";
      this.writeMirror();
    }
  }

  private patiently<Result>(question: () => Promise<Result>): Promise<Result> {
    return persistDraft(question, this.closed.signal, () => {
      this.state = Object.keys(this.unsaved).length > 0 ? "here_only" : this.state;
      this.onChange();
    });
  }

  private get mirrorKey(): string {
    return this.id ? `hub-draft:${this.id}` : `hub-draft:new:${person()}`;
  }

  // A browser may refuse storage (private mode, full): the server's copy is then the only one.
  private readMirror(): Partial<Fields> {
    try {
      return JSON.parse(localStorage.getItem(this.mirrorKey) ?? "{}") as Partial<Fields>;
    } catch {
      return {};
    }
  }

  private writeMirror(): void {
    try {
      if (Object.keys(this.unsaved).length === 0) localStorage.removeItem(this.mirrorKey);
      else localStorage.setItem(this.mirrorKey, JSON.stringify(this.unsaved));
    } catch {
      return;
    }
  }

  private drop(key: string): void {
    try {
      localStorage.removeItem(key);
    } catch {
      return;
    }
  }
}
