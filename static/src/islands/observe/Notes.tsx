/**
 * Notes at the second: the first tag or letter marks the moment, "记下" begins the next one.
 *
 * A note is kept from its first sign on, so that a closed page loses nothing.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Icon } from "../../shared/icon";
import type { Part } from "./One";
import type { Kept } from "./store";
import { isTyping } from "./ticks";
import { secondOf, seek } from "./time";
import type { Note } from "./types";
import { t } from "./words";

type Field = "teacher" | "pupils" | "comment" | "village";
const FIELDS: Field[] = ["pupils", "teacher", "village", "comment"];

export function Notes({ book, props, thing, isClosed }: Part) {
  const open = typeof thing.local?.["note"] === "string" ? book.get<Note>(thing.local["note"]) : undefined;
  const stage = String(thing.local?.["stage"] ?? "");
  const [field, setField] = useState<Field>("pupils");
  const text = useRef<HTMLTextAreaElement>(null);
  const notes = book.of<Note>("note", thing.id).filter((one) => !one.data.is_deleted && one.id !== open?.id);

  const begun = (): Kept<Note> => {
    if (open) return open;
    const made = book.add<Note>("note", { ...EMPTY, made_at: Date.now(), second: secondOf(thing), stage }, thing.id);
    book.remember(thing.id, { note: made.id });
    return made;
  };
  const write = (words: string): void => book.change<Note>(begun().id, { [field]: words });
  const tag = (name: string): void => {
    const note = begun();
    const had = book.get<Note>(note.id)!.data.tags;
    book.change<Note>(note.id, { tags: had.includes(name) ? had.filter((one) => one !== name) : [...had, name] });
  };
  const done = (): void => {
    book.remember(thing.id, { note: null });
    text.current?.focus();
  };
  const setStage = (name: string): void => {
    book.remember(thing.id, { stage: name });
    if (open) book.change<Note>(open.id, { stage: name });
  };
  useTagKeys(props.tags, tag, done, isClosed);

  return (
    <div class="observe-notes">
      <section class="observe-writing" aria-label={t("tab_notes")}>
        <div class="chips" role="group" aria-label={t("stage")}>
          {props.stages.map((name) => (
            <button key={name} type="button" class="chip" aria-pressed={stage === name} onClick={() => setStage(stage === name ? "" : name)}>{name}</button>
          ))}
        </div>
        <div class="observe-fields" role="group" aria-label={t("about_whom")}>
          {FIELDS.map((name) => (
            <button key={name} type="button" class="chip" aria-pressed={field === name} onClick={() => setField(name)}>{t(name)}{open?.data[name] ? " ·" : ""}</button>
          ))}
        </div>
        <label class="hidden-words" for="note-text">{t("what_seen", { who: t(field) })}</label>
        <textarea
          ref={text} id="note-text" class="form-control" rows={3} maxLength={500} disabled={isClosed} placeholder={t("what_seen", { who: t(field) })}
          value={open?.data[field] ?? ""} onInput={(event) => write(event.currentTarget.value)}
        />
        <div class="observe-save">
          {open && <span class="muted">{clockTime(open.data.second)}{open.data.tags.length > 0 && ` · ${open.data.tags.join(t("comma"))}`}</span>}
          {open && <Photo onPick={(file) => { book.add("photo", { blob: file, note: open.id }, thing.id); }} />}
          <button type="button" class="btn btn-primary" disabled={!open || isClosed} onClick={done}><Icon name="check" />{t("save_note")}</button>
        </div>
      </section>
      <ol class="note-list observe-last" aria-label={t("last_notes")}>
        {[...notes].reverse().slice(0, 3).map((note) => <Line key={note.id} note={note} isRecording={thing.data.what === "recording"} onEdit={() => book.remember(thing.id, { note: note.id })} onRemove={() => book.change<Note>(note.id, { is_deleted: true })} isClosed={isClosed} />)}
        {notes.length === 0 && <li class="muted">{t("no_notes")}</li>}
      </ol>
      {notes.length > 3 && <p class="muted small">{t("more_notes", { n: notes.length })}</p>}
      <div class="observe-thumb" role="group" aria-label={t("tags")}>
        {props.tags.map((name, at) => (
          <button key={name} type="button" class="tag" disabled={isClosed} aria-pressed={Boolean(open?.data.tags.includes(name))} onClick={() => tag(name)}>{name}{at < 9 && <kbd aria-hidden="true">{at + 1}</kbd>}</button>
        ))}
      </div>
    </div>
  );
}

const EMPTY: Note = { made_at: 0, second: 0, stage: "", teacher: "", pupils: "", comment: "", village: "", tags: [], side: null, photo: null, is_deleted: false };

function Line({ note, isRecording, onEdit, onRemove, isClosed }: { note: Kept<Note>; isRecording: boolean; onEdit: () => void; onRemove: () => void; isClosed: boolean }) {
  const { data } = note;
  const words = FIELDS.map((name) => data[name]).filter(Boolean).join(" ");
  const time = clockTime(data.second);
  return (
    <li>
      {isRecording ? <button type="button" class="btn btn-quiet note-time" onClick={() => seek(data.second)}>{time}</button> : <span class="note-time">{time}</span>}
      <div class="observe-words">{data.tags.map((tag) => <span key={tag} class="state">{tag}</span>)} {words}{note.version > note.sent && <span class="muted small"> · {t("only_here")}</span>}</div>
      {!isClosed && (
        <span class="observe-row-acts">
          <button type="button" class="btn btn-quiet" onClick={onEdit} aria-label={t("edit_note", { time })}><Icon name="pen" /></button>
          <button type="button" class="btn btn-quiet" onClick={onRemove} aria-label={t("remove_note", { time })}><Icon name="close" /></button>
        </span>
      )}
    </li>
  );
}

function Photo({ onPick }: { onPick: (file: File) => void }) {
  return (
    <label class="btn btn-plain">
      <Icon name="camera" />{t("photo")}
      <input class="hidden-words" type="file" accept="image/*" capture="environment" onChange={(event) => { const file = event.currentTarget.files?.[0]; if (file) onPick(file); }} />
    </label>
  );
}

/** Keys 1 to 9 are the first tags; Ctrl and Enter save. */
function useTagKeys(tags: string[], tag: (name: string) => void, done: () => void, isClosed: boolean): void {
  useEffect(() => {
    if (isClosed) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return done();
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const name = /^[1-9]$/.test(event.key) ? tags[Number(event.key) - 1] : undefined;
      if (!name) return;
      // The player would take a number for a place of the recording.
      event.preventDefault();
      event.stopPropagation();
      tag(name);
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  });
}
