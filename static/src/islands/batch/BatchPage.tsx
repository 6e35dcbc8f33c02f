/** The place to begin an import: files on their way, and one button that hands them in. */
import { useCallback, useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { ApiError, api } from "../../shared/api";
import { texts } from "../../shared/i18n";
import { type DraftUpload, Queue } from "../upload/engine/queue";
import { FileList } from "../upload/FileList";
import { pick } from "./pick";
import zh from "./zh.json";

const t = texts(zh, () => import("./en.json"));
const TICK_MS = 1000;

export interface BatchProps {
  draft_id: string | null;
}

/** Uploads that were begun belong to a draft on the server: with its id in the address they go on after a reload. */
class Holder {
  private opening: Promise<string> | null = null;

  constructor(private id: string | null) {}

  open(): Promise<string> {
    if (this.id) return Promise.resolve(this.id);
    this.opening ??= api<{ id: string }>("/api/v1/drafts", { method: "POST", body: {} })
      .then(({ id }) => {
        this.id = id;
        history.replaceState(null, "", `/imports?draft=${encodeURIComponent(id)}`);
        return id;
      })
      .finally(() => {
        this.opening = null;
      });
    return this.opening;
  }

  async uploads(): Promise<DraftUpload[]> {
    return this.id ? (await api<{ uploads: DraftUpload[] }>(`/api/v1/drafts/${this.id}`)).uploads : [];
  }

  /** The draft has done its part; one that stays behind harms nobody. */
  async close(): Promise<void> {
    if (this.id) await api(`/api/v1/drafts/${this.id}`, { method: "DELETE" }).catch(() => undefined);
  }
}

export function BatchPage({ draft_id }: BatchProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [trouble, setTrouble] = useState("");
  const [isSending, setSending] = useState(false);
  const holder = useMemo(() => new Holder(draft_id), []);
  const queue = useMemo(() => new Queue(() => holder.open(), () => holder.uploads(), redraw as () => void), []);
  const onFiles = useCallback((files: File[]) => {
    setTrouble("");
    queue.add(files);
  }, []);

  useEffect(() => {
    holder.uploads().then((known) => queue.restore(known), (error: unknown) => setTrouble(wordsOf(error)));
    return () => queue.close();
  }, []);
  useEffect(() => {
    if (!queue.isBusy) return;
    const ticking = setInterval(() => redraw(0 as never), TICK_MS);
    return () => clearInterval(ticking);
  }, [queue.isBusy]);

  async function begin(): Promise<void> {
    const picked = pick(queue.transfers);
    if (typeof picked === "string") return setTrouble(t(picked));
    if (!queue.allDone) return setTrouble(t("not_done"));
    setSending(true);
    setTrouble("");
    try {
      const { id } = await api<{ id: string }>("/api/v1/imports", { method: "POST", body: picked });
      await holder.close();
      location.assign(`/imports/${encodeURIComponent(id)}`);
    } catch (error) {
      setSending(false);
      setTrouble(wordsOf(error));
    }
  }

  return (
    <div class="batch">
      <FileList queue={queue} now={Date.now()} sameAs={[]} onFiles={onFiles} />
      {queue.transfers.length > 0 && (
        <p class="batch-go">
          <button type="button" class="btn btn-primary" disabled={isSending || queue.isBusy} onClick={() => void begin()}>
            {isSending ? t("beginning") : queue.isBusy ? t("wait") : t("begin")}
          </button>
        </p>
      )}
      {trouble && <div class="note note-danger" role="alert"><div>{trouble}</div></div>}
    </div>
  );
}

/** A field's own sentence says more than that something is wrong. */
function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  return Object.values(error.fields)[0] ?? error.message;
}
