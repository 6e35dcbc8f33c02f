/** The drop area that is also the list, and what is safe in words. */
import { useEffect, useRef, useState } from "preact/hooks";
import { locale } from "../../shared/i18n";
import { Icon } from "../../shared/icon";
import type { Queue } from "./engine/queue";
import { FileRow } from "./FileRow";
import { droppedFiles, visible } from "./gather";
import { t } from "./words";

interface List {
  queue: Queue;
  now: number;
  /** A plan written online is there: files are one way of several then. */
  hasPlan?: boolean;
  sameAs: { id: string; title: string }[];
  onFiles: (files: File[]) => void;
}

export function FileList({ queue, now, sameAs, hasPlan = false, onFiles }: List) {
  const isOver = useDrops(onFiles);
  const isEmpty = queue.transfers.length === 0;
  return (
    <section class={`panel upload-files ${isOver ? "is-over" : ""} ${isEmpty ? "is-empty" : ""}`} aria-labelledby="upload-files">
      <h2 id="upload-files" class={isEmpty ? "hidden-words" : ""}>{t("files_title")}</h2>
      {!isEmpty && (
        <ul class="rows" aria-live="off">
          {queue.transfers.map((transfer) => (
            <FileRow key={transfer.key} transfer={transfer} queue={queue} now={now} />
          ))}
        </ul>
      )}
      {sameAs.length > 0 && (
        <div class="note note-warn"><Icon name="info" /><div>{t("same_as")} {sameAs.map((twin) => <a key={twin.id} class="linked" href={`/resources/${twin.id}`}>{twin.title}</a>)}</div></div>
      )}
      <div class="upload-drop">
        {isEmpty && <Icon name="upload" />}
        <p class="upload-drop-title">{isOver ? t("drop_now") : t("drop_title")}</p>
        {isEmpty && <p class="muted upload-drop-hint">{t("drop_hint")}</p>}
        <Pickers onFiles={onFiles} isEmpty={isEmpty} isQuiet={hasPlan} />
      </div>
      {queue.passedOver.length > 0 && <p class="form-text" role="status">{t("already_there", { names: queue.passedOver.join("、") })}</p>}
      <p class="upload-safe"><Icon name="ok" />{queue.isBusy ? t("safe_moving") : queue.allDone ? t("safe_done") : keptUntil(queue) ?? t("safe_empty")}</p>
      <Toasts queue={queue} />
    </section>
  );
}

/** Until when the server keeps unfinished parts, if there are any. */
function keptUntil(queue: Queue): string | null {
  const ends = queue.transfers.filter((row) => row.phase.name !== "done").map((row) => row.expiresAt).filter(Boolean) as string[];
  const first = ends.sort()[0];
  if (!first) return null;
  const day = new Date(first).toLocaleDateString(locale === "en" ? "en" : "zh-CN", { month: "long", day: "numeric" });
  return t("kept_until", { day });
}

function Pickers({ onFiles, isEmpty, isQuiet }: { onFiles: (files: File[]) => void; isEmpty: boolean; isQuiet: boolean }) {
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Not known to the typings of JSX; every desktop browser has it, phones pick single files.
    if (folder.current) folder.current.webkitdirectory = true;
  }, []);
  const take = (event: { currentTarget: HTMLInputElement }): void => {
    onFiles(visible([...(event.currentTarget.files ?? [])]));
    event.currentTarget.value = "";
  };
  return (
    <div class="actions upload-pickers">
      <label class={isEmpty && !isQuiet ? "btn btn-primary" : "btn btn-plain"}>
        {isEmpty ? t("choose_files") : t("add_more")}
        <input class="hidden-words" type="file" multiple onChange={take} data-upload="files" />
      </label>
      <label class="btn btn-plain upload-folder">
        {t("choose_folder")}
        <input class="hidden-words" type="file" multiple ref={folder} onChange={take} data-upload="folder" />
      </label>
      <label class="btn btn-plain upload-camera">
        <Icon name="camera" />
        {t("take_photo")}
        <input class="hidden-words" type="file" accept="image/*,video/*" capture="environment" onChange={take} data-upload="camera" />
      </label>
    </div>
  );
}

/** Files may be dropped anywhere on the page; returns whether something is being dragged over it. */
function useDrops(onFiles: (files: File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const leave = (): void => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void droppedFiles(event.dataTransfer).then(onFiles);
    };
    const listeners = { dragenter: enter, dragover: over, dragleave: leave, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener as EventListener);
    };
  }, [onFiles]);
  return isOver;
}

function Toasts({ queue }: { queue: Queue }) {
  if (queue.removed.length === 0) return null;
  return (
    <div class="toasts" role="status">
      {queue.removed.map((entry) => (
        <div class="toast" key={entry.transfer.key}>
          <span>{t("removed", { name: entry.transfer.filename })}</span>
          <button type="button" class="btn" onClick={() => queue.putBack(entry)}>{t("undo")}</button>
        </div>
      ))}
    </div>
  );
}
