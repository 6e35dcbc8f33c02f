/** Beginning to observe: a lesson of now, the recording that a link named, or the room next door; and what is only on this device. */
import { useState } from "preact/hooks";
import { Icon } from "../../shared/icon";
import { isWaiting } from "./batch";
import type { Book } from "./book";
import { LineWords } from "./Line";
import type { Kept } from "./store";
import type { Lesson, Observation, Props, Recording } from "./types";
import { t } from "./words";

export function List({ book, props }: { book: Book; props: Props }) {
  const lessons = props.lessons ?? [];
  const chosen = props.chosen;
  const offset = props.now - Date.now();
  const go = async (data: Partial<Observation>, local: Record<string, unknown> = {}): Promise<void> => {
    const { id } = book.add<Observation>("observation", { ...EMPTY, started_at: Date.now(), cycle: props.cycle ?? null, ...data }, "", local);
    await book.written();
    location.assign(`/observe/${id}`);
  };
  const watch = (lesson: Lesson): void => void go(ofLesson(lesson), { began: lesson.began - offset, has_village: lesson.has_village });
  const isPrimaryTaken = Boolean(chosen?.lesson || chosen?.recording || lessons.length);
  return (
    <>
      <LineWords book={book} />
      <section class="panel observe-begin" aria-label={t("begin")}>
        {chosen?.recording && <Begin title={chosen.recording.title} note={`${chosen.recording.teacher} · ${chosen.recording.school}`} isPrimary onClick={() => void go(ofRecording(chosen.recording!))} />}
        {(chosen?.lesson ? [chosen.lesson] : lessons).map((lesson, at) => (
          <Begin key={lesson.id} title={lesson.title} note={`${lesson.teacher} · ${lesson.school} ${lesson.class_name} · ${lesson.period}`} isPrimary={at === 0 && !chosen?.recording} onClick={() => watch(lesson)} />
        ))}
        <Room school={props.school} isPrimary={!isPrimaryTaken} onBegin={(data) => void go(data)} />
      </section>
      <OnDevice book={book} />
    </>
  );
}

const EMPTY: Omit<Observation, "started_at"> = {
  what: "room", lesson: null, resource: null, asset: null, cycle: null, teacher_id: null, teacher: "", school: "", class_name: "", subject: "",
  topic: "", period: "", place: "", kind: "own_school", ended_at: null, level: "", opinion: "", village: "", strengths: [], suggestions: [], viewpoints: [], score: null,
};

function ofLesson(lesson: Lesson): Partial<Observation> {
  const { id, title, teacher, school, class_name, subject, period } = lesson;
  return { what: "lesson", lesson: id, topic: title, teacher, school, class_name, subject, period, kind: "online" };
}

function ofRecording(given: Recording): Partial<Observation> {
  const { resource, asset, title, teacher, school, subject } = given;
  return { what: "recording", resource, asset, topic: title, teacher, school, subject, kind: "online" };
}

function Begin({ title, note, isPrimary, onClick }: { title: string; note: string; isPrimary: boolean; onClick: () => void }) {
  return (
    <div class="observe-offer">
      <div><strong>{title}</strong><br /><span class="muted small">{note}</span></div>
      <button type="button" class={`btn ${isPrimary ? "btn-primary" : "btn-plain"}`} onClick={onClick}><Icon name="pen" />{t("begin")}<span class="hidden-words"> {title}</span></button>
    </div>
  );
}

function Room({ school, isPrimary, onBegin }: { school: string; isPrimary: boolean; onBegin: (data: Partial<Observation>) => void }) {
  const [teacher, setTeacher] = useState("");
  const [topic, setTopic] = useState("");
  const [className, setClass] = useState("");
  const field = (name: string, label: string, value: string, set: (value: string) => void, max: number) => (
    <div class="field">
      <label class="form-label" for={`room-${name}`}>{label}</label>
      <input class="form-control" id={`room-${name}`} value={value} maxLength={max} autocomplete="off" onInput={(event) => set(event.currentTarget.value)} />
    </div>
  );
  return (
    <form class="observe-room" onSubmit={(event) => { event.preventDefault(); onBegin({ teacher, topic, class_name: className, school }); }}>
      <p><strong>{t("room")}</strong><br /><span class="muted small">{t("room_hint")}</span></p>
      <div class="form-grid">
        {field("teacher", t("teacher_name"), teacher, setTeacher, 60)}
        {field("class", t("class_name"), className, setClass, 60)}
        {field("topic", t("topic"), topic, setTopic, 100)}
        <button class={`btn ${isPrimary ? "btn-primary" : "btn-plain"}`}><Icon name="pen" />{t("begin")}</button>
      </div>
    </form>
  );
}

/** Those that the server may not have whole; the others stand in the list below. */
function OnDevice({ book }: { book: Book }) {
  const waiting = book.of<Observation>("observation").filter((one) => isOnlyHere(book, one));
  if (waiting.length === 0) return null;
  return (
    <section class="panel" aria-label={t("on_device")}>
      <h2>{t("on_device")}</h2>
      <ul class="rows">
        {waiting.map((one) => (
          <li key={one.id} class="row-item">
            <div class="row-main"><div class="row-title"><a href={`/observe/${one.id}`}>{one.data.topic || one.data.teacher || t("no_topic")}</a></div>
            {one.refused && <span class="state state-warn">{one.refused.words}</span>}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function isOnlyHere(book: Book, one: Kept<Observation>): boolean {
  const parts = [...book.of("note", one.id), ...book.of("mark", one.id), ...book.of("coding", one.id), ...book.of("photo", one.id)];
  return one.sent === 0 || Boolean(one.refused) || [one, ...parts].some(isWaiting);
}
