/** One observation: time and line above, what one does most at the thumb below, the form behind a tab. */
import { useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Icon } from "../../shared/icon";
import type { Book } from "./book";
import { Counting } from "./Counting";
import { Fields } from "./Fields";
import { Fias } from "./Fias";
import { LineWords } from "./Line";
import { Notes } from "./Notes";
import { Scoring } from "./Scoring";
import { St } from "./St";
import type { Kept } from "./store";
import { useSecond } from "./time";
import type { Observation, Props } from "./types";
import { t } from "./words";

type Tab = "notes" | "count" | "st" | "fias" | "fields" | "rubric";

export interface Part {
  book: Book;
  props: Props;
  thing: Kept<Observation>;
  second: number;
  isClosed: boolean;
}

export function One({ book, props, id }: { book: Book; props: Props; id: string }) {
  const thing = book.get<Observation>(id);
  if (!thing) {
    return <section class="panel observe-none"><h2>{t("none_here")}</h2><p>{t("none_hint")}</p><a class="btn btn-primary" href="/observe">{t("back")}</a></section>;
  }
  return <Whole book={book} props={props} thing={thing} />;
}

function Whole({ book, props, thing }: { book: Book; props: Props; thing: Kept<Observation> }) {
  const second = useSecond(thing);
  const [tab, setTab] = useState<Tab>("notes");
  const isClosed = Boolean(props.kept?.is_answered);
  const part: Part = { book, props, thing, second, isClosed };
  const isRecording = thing.data.what === "recording";
  const tabs: [Tab, string][] = [["notes", t("tab_notes")], ["count", t("tab_count")], ["st", "S-T"], ...(isRecording ? ([["fias", "FIAS"]] as [Tab, string][]) : []), ["fields", t("tab_fields")], ["rubric", t("tab_rubric")]];
  return (
    <div class="observe">
      <header class="observe-head">
        <a class="btn btn-quiet observe-back" href="/observe" aria-label={t("back")}><Icon name="left" /><span>{t("back")}</span></a>
        <div class="observe-what"><strong>{thing.data.topic || t("no_topic")}</strong><span class="muted small">{thing.data.teacher} {thing.data.class_name}</span></div>
        <time class="observe-clock" aria-label={t("elapsed")}>{clockTime(second)}</time>
      </header>
      <LineWords book={book} />
      {book.told[thing.id] && <p class="note note-warn" role="status">{book.told[thing.id]}</p>}
      {thing.refused && <p class="note note-warn" role="alert">{thing.refused.words}</p>}
      {isClosed && <p class="note">{t("answered")}</p>}
      <div class="observe-tabs" role="tablist" aria-label={t("parts")}>
        {tabs.map(([name, words]) => (
          <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={tab === name} aria-controls="observe-part" onClick={() => setTab(name)}>{words}</button>
        ))}
      </div>
      <div id="observe-part" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "notes" && <Notes {...part} />}
        {tab === "count" && <Counting {...part} />}
        {tab === "st" && <St {...part} />}
        {tab === "fias" && <Fias {...part} />}
        {tab === "fields" && <Fields {...part} />}
        {tab === "rubric" && <Scoring {...part} />}
      </div>
    </div>
  );
}
