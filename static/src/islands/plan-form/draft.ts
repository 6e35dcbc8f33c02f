/**
 * The plan on the server from the first word: saved a second after writing stops, mirrored in this
 * browser until the server has it, sent once more when the page is left.
 *
 * Rule: the mirror is removed only when the server has acknowledged exactly what it holds.
 */
import { ApiError, api, persistDraft, person } from "../../shared/api";
import type { Plan } from "./plan";

export type SaveState = "empty" | "saved" | "saving" | "here_only" | "refused";

/** What stays in this browser: the plan, and what the server had when it was written. */
interface Mirror {
  plan: Plan;
  base: string;
}

const PAUSE_MS = 1000;

export class PlanDraft {
  state: SaveState = "empty";
  /** The server's words, when it refused what was written. */
  refusal = "";
  private unsaved: Plan | null = null;
  private base: string;
  private opening: Promise<string> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private saving: Promise<void> | null = null;
  private readonly closed = new AbortController();

  constructor(
    public id: string | null,
    private readonly nodeId: string | null,
    plan: Plan,
    private readonly onChange: () => void,
  ) {
    this.base = JSON.stringify(plan);
    if (id) this.state = "saved";
  }

  /** What was written here but never reached the server; `isOlder` when the server has something else by now. */
  recovered(): { plan: Plan; isOlder: boolean } | null {
    try {
      const kept = JSON.parse(localStorage.getItem(this.mirrorKey) ?? "null") as Mirror | null;
      return kept && { plan: kept.plan, isOlder: kept.base !== this.base && JSON.stringify(kept.plan) !== this.base };
    } catch {
      return null;
    }
  }

  forget(): void {
    this.drop(this.mirrorKey);
  }

  set(plan: Plan): void {
    this.unsaved = plan;
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
      .then(async ({ id }) => {
        const before = this.mirrorKey;
        this.id = id;
        this.writeMirror();
        this.drop(before);
        history.replaceState(null, "", `/upload/plan?draft=${encodeURIComponent(id)}`);
        const about = { kind: "lesson_plan", ...(this.nodeId ? { node_id: this.nodeId } : {}) };
        await api(`/api/v1/drafts/${id}`, { method: "PATCH", body: about }).catch(() => undefined);
        return id;
      })
      .finally(() => {
        this.opening = null;
      });
    return this.opening;
  }

  /** Send what is unsaved; never rejects. Several calls become one request after another. */
  save(): Promise<void> {
    this.saving ??= this.sendUnsaved().finally(() => {
      this.saving = null;
      this.onChange();
    });
    return this.saving;
  }

  /** The page is being left: send the rest in a request that outlives it; the mirror stays until the server answered. */
  leave(): void {
    const sent = this.unsaved;
    if (!this.id || !sent) return;
    const key = this.mirrorKey;
    api(`/api/v1/drafts/${this.id}`, { method: "PATCH", body: { plan: sent }, keepalive: true }).then(() => this.drop(key), () => undefined);
  }

  close(): void {
    this.closed.abort();
  }

  private async sendUnsaved(): Promise<void> {
    while (this.unsaved && !this.closed.signal.aborted) {
      const sent = this.unsaved;
      try {
        const id = await this.patiently(() => this.open());
        this.state = "saving";
        this.onChange();
        await this.patiently(() => api(`/api/v1/drafts/${id}`, { method: "PATCH", body: { plan: sent } }));
      } catch (error) {
        // Refused or closed: the words stay in the mirror and in the form.
        this.state = "refused";
        this.refusal = error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : "";
        return;
      }
      this.base = JSON.stringify(sent);
      if (this.unsaved === sent) this.unsaved = null;
      this.state = "saved";
      this.refusal = "";
      this.writeMirror();
    }
  }

  private patiently<Result>(question: () => Promise<Result>): Promise<Result> {
    return persistDraft(question, this.closed.signal, () => {
      this.state = "here_only";
      this.onChange();
    });
  }

  private get mirrorKey(): string {
    return this.id ? `hub-plan:${this.id}` : `hub-plan:new:${person()}`;
  }

  // A browser may refuse storage (private mode, full): the server's copy is then the only one.
  private writeMirror(): void {
    try {
      if (this.unsaved) localStorage.setItem(this.mirrorKey, JSON.stringify({ plan: this.unsaved, base: this.base } satisfies Mirror));
      else localStorage.removeItem(this.mirrorKey);
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
