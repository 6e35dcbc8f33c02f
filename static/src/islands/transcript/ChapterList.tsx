/** The parts of a recording: press one to play from there; the uploader names them. */
import { useEffect, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { playFrom, secondsOf, type Chapter, type Chapters, type Source } from "./source";
import { t } from "./words";

interface Row {
  time: string;
  title: string;
}

export function ChapterList({ source, mayEdit, now }: { source: Source; mayEdit: boolean; now: number }) {
  const [known, setKnown] = useState<Chapters | null>(null);
  const [rows, setRows] = useState<Row[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => void source.chapters().then(setKnown, (error: Error) => setProblem(error.message)), [source]);

  if (!known) return problem ? <p class="form-text" role="status">{problem}</p> : null;
  if (rows) {
    const save = async (): Promise<void> => {
      const chapters = readRows(rows);
      if (!chapters) return setProblem(t("chapter_time_wrong"));
      try {
        setKnown(await source.setChapters(chapters));
        setRows(null);
        setProblem("");
      } catch (error) {
        setProblem((error as Error).message);
      }
    };
    return <ChapterForm rows={rows} now={now} problem={problem} onChange={setRows} onSave={() => void save()} onLeave={() => setRows(null)} />;
  }
  if (known.chapters.length === 0 && !mayEdit) return null;
  const current = known.chapters.reduce((found, one, index) => (one.at_s <= now + 0.1 ? index : found), 0);
  return (
    <section class="chapters" aria-labelledby="chapters-title">
      <div class="transcript-head">
        <h2 id="chapters-title">{t("chapters")}</h2>
        {known.are_suggested && known.chapters.length > 0 && <span class="muted small">{t("suggested")}</span>}
        {mayEdit && (
          <button type="button" class="btn btn-quiet" onClick={() => setRows(rowsOf(known.chapters))}>
            {t("edit_chapters")}
          </button>
        )}
      </div>
      {known.chapters.length === 0 && <p class="form-text">{t("no_chapters")}</p>}
      <ol class="chapter-list">
        {known.chapters.map((one, index) => (
          <li key={one.at_s}>
            <a href={`#t=${Math.floor(one.at_s)}`} aria-current={index === current ? "true" : undefined} onClick={(event) => follow(event, one.at_s)}>
              <span class="chapter-time">{clockTime(one.at_s)}</span> {one.title}
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface FormProps {
  rows: Row[];
  now: number;
  problem: string;
  onChange: (rows: Row[]) => void;
  onSave: () => void;
  onLeave: () => void;
}

function ChapterForm({ rows, now, problem, onChange, onSave, onLeave }: FormProps) {
  const change = (index: number, part: Partial<Row>): void => onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <form
      class="chapters" aria-label={t("edit_chapters")}
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <h2>{t("edit_chapters")}</h2>
      {rows.map((row, index) => (
        <div class="chapter-row" key={index}>
          <input class="form-control chapter-clock" aria-label={t("chapter_time")} value={row.time} onInput={(event) => change(index, { time: event.currentTarget.value })} />
          <input class="form-control" aria-label={t("chapter_title")} maxLength={80} required value={row.title} onInput={(event) => change(index, { title: event.currentTarget.value })} />
          <button type="button" class="btn btn-quiet" aria-label={t("remove_chapter", { title: row.title })} onClick={() => onChange(rows.filter((_, at) => at !== index))}>
            {t("remove")}
          </button>
        </div>
      ))}
      <p class="form-text" role={problem ? "alert" : undefined}>{problem || t("chapter_hint")}</p>
      <div class="transcript-tools">
        <button type="button" class="btn btn-plain" onClick={() => onChange([...rows, { time: clockTime(now), title: "" }])}>
          {t("add_chapter", { at: clockTime(now) })}
        </button>
        <button class="btn btn-plain">{t("save")}</button>
        <button type="button" class="btn btn-quiet" onClick={onLeave}>{t("leave")}</button>
      </div>
    </form>
  );
}

/** The same link twice changes no address, so the player is asked directly. */
function follow(event: MouseEvent, at: number): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(null, "", `#t=${Math.floor(at)}`);
  playFrom(at);
}

function rowsOf(chapters: Chapter[]): Row[] {
  return chapters.map((one) => ({ time: clockTime(one.at_s), title: one.title }));
}

function readRows(rows: Row[]): Chapter[] | null {
  const read = rows.map((row) => ({ at_s: secondsOf(row.time), title: row.title.trim() }));
  return read.every((one): one is Chapter => one.at_s !== null) ? read : null;
}
