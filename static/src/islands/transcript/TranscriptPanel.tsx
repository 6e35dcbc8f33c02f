/** The spoken words, a few pages at a time: press a word to play from it, search within, mend. */
import { useEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { EditLine } from "./EditLine";
import { joined, PAGE, playFrom, type Segment, type Source, type Transcript } from "./source";
import { t } from "./words";

interface Undo {
  position: number;
  text: string;
}

const ASK_AGAIN_MS = 20_000;

export function TranscriptPanel({ source, mayEdit, now }: { source: Source; mayEdit: boolean; now: number }) {
  const [head, setHead] = useState<Transcript | null>(null);
  const [lines, setLines] = useState<Segment[]>([]);
  const [hasMore, setMore] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const [undo, setUndo] = useState<Undo[]>([]);
  const [problem, setProblem] = useState("");
  const [found, setFound] = useState<Segment[] | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const fail = (error: Error): void => setProblem(error.message);

  const open = (query: Record<string, number> = {}): Promise<void> =>
    source.transcript(query).then((told) => {
      setHead(told);
      setLines(told.segments);
      setMore(told.next !== null);
      setProblem("");
    }, fail);
  useEffect(() => void open(), [source]);
  const isOnTheWay = head?.state === "waiting" || head?.state === "making";
  useEffect(() => {
    if (!isOnTheWay || isEditing) return undefined;
    const timer = window.setInterval(() => void open(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isOnTheWay, isEditing]);

  if (!head) return problem ? <p class="form-text" role="status">{problem}</p> : null;
  if (head.state === "none" || (head.state === "off" && !mayEdit)) return null;

  const more = (): void =>
    void source.transcript({ after: lines[lines.length - 1]?.position ?? 0 }).then((told) => {
      setLines((shown) => joined(shown, told.segments, "after"));
      setMore(told.next !== null);
    }, fail);
  const earlier = (): void => {
    const first = lines[0]?.position ?? 1;
    void source.transcript({ after: Math.max(0, first - 1 - PAGE) }).then((told) => {
      setMore(true);
      setLines((shown) => joined(shown, told.segments.filter((one) => one.position < first), "before"));
    }, fail);
  };
  const goTo = (at: number): void => {
    setFound(null);
    void open({ at }).then(() => list.current?.scrollTo({ top: 0 }));
    playFrom(at);
  };
  const saved = (before: Segment, after: Segment): void => {
    setLines((shown) => shown.map((one) => (one.position === after.position ? after : one)));
    setUndo((steps) => [...steps.slice(-49), { position: before.position, text: before.text }]);
    setProblem("");
    document.dispatchEvent(new CustomEvent("hub:captions"));
  };
  const takeBack = (): void => {
    const step = undo[undo.length - 1];
    const line = lines.find((one) => one.position === step?.position);
    setUndo((steps) => steps.slice(0, -1));
    if (!step || !line) return;
    void source.edit(line, step.text).then((after) => setLines((shown) => shown.map((one) => (one.position === after.position ? after : one))), fail);
  };
  const current = lines.find((one) => one.start_s <= now + 0.2 && now < one.end_s + 0.2)?.position;

  return (
    <section class="transcript" aria-labelledby="transcript-title">
      <div class="transcript-head">
        <h2 id="transcript-title">{t("title")}</h2>
        <span class="muted small">{noteOf(head)}</span>
        {mayEdit && lines.length > 0 && (
          <button type="button" class="btn btn-quiet" aria-pressed={isEditing} onClick={() => setEditing(!isEditing)}>
            {isEditing ? t("stop_editing") : t("edit")}
          </button>
        )}
      </div>
      {head.state === "off" && <p class="form-text">{t("off")}</p>}
      {lines.length > 0 && (
        <div class="transcript-tools">
          <Find onFind={(words) => (words ? void source.transcript({ find: words }).then((told) => setFound(told.segments), fail) : setFound(null))} />
          <button type="button" class="btn btn-quiet" onClick={() => void open({ at: now })}>{t("to_now")}</button>
          {isEditing && <button type="button" class="btn btn-quiet" disabled={undo.length === 0} onClick={takeBack}>{t("undo")}</button>}
        </div>
      )}
      {isEditing && <p class="form-text">{t("edit_hint")}</p>}
      {problem && <p class="form-text" role="alert">{problem}</p>}
      {found && (
        <ol class="transcript-lines" aria-label={t("found", { n: found.length })}>
          {found.length === 0 && <li class="muted">{t("nothing_found")}</li>}
          {found.map((one) => (
            <li key={one.position}>
              <button type="button" class="transcript-hit" onClick={() => goTo(one.start_s)}>
                <span class="chapter-time">{clockTime(one.start_s)}</span> {one.text}
              </button>
            </li>
          ))}
        </ol>
      )}
      {!found && lines.length > 0 && (
        <ol class="transcript-lines" ref={list} tabIndex={0} aria-label={t("title")}>
          {(lines[0]?.position ?? 1) > 1 && <li><button type="button" class="btn btn-quiet" onClick={earlier}>{t("earlier")}</button></li>}
          {lines.map((one) =>
            isEditing ? (
              <EditLine key={one.position} segment={one} source={source} isCurrent={one.position === current} onSaved={saved} />
            ) : (
              <ReadLine key={one.position} segment={one} isCurrent={one.position === current} />
            ),
          )}
          {hasMore && <li><button type="button" class="btn btn-quiet" onClick={more}>{t("later")}</button></li>}
        </ol>
      )}
    </section>
  );
}

function noteOf(head: Transcript): string {
  if (head.state === "waiting") return t("waiting");
  if (head.state === "making") return t("making", { at: clockTime(head.done_s) });
  if (head.state === "failed") return head.message || t("failed");
  if (head.state === "ready") return head.is_edited ? t("automatic_edited") : t("automatic");
  return "";
}

/** Words are for the pointer; who has only keys presses the time of the line. */
function ReadLine({ segment, isCurrent }: { segment: Segment; isCurrent: boolean }) {
  if (segment.text === "") return null;
  return (
    <li class={isCurrent ? "is-current" : ""}>
      <button type="button" class="chapter-time" aria-label={t("play_from", { at: clockTime(segment.start_s) })} onClick={() => playFrom(segment.start_s)}>
        {clockTime(segment.start_s)}
      </button>
      <span class="transcript-words">
        {segment.words.length === 0 ? segment.text : segment.words.map(([start, , text], index) => <span key={index} onClick={() => playFrom(start)}>{spaced(text, segment.words[index + 1]?.[2])}</span>)}
      </span>
    </li>
  );
}

function spaced(text: string, next: string | undefined): string {
  return next !== undefined && /[A-Za-z0-9.,!?]$/.test(text) && /^[A-Za-z0-9]/.test(next) ? `${text} ` : text;
}

function Find({ onFind }: { onFind: (words: string) => void }) {
  const [words, setWords] = useState("");
  return (
    <form
      class="transcript-find" role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onFind(words.trim());
      }}
    >
      <input
        class="form-control" type="search" aria-label={t("find")} placeholder={t("find")} value={words}
        onInput={(event) => {
          setWords(event.currentTarget.value);
          if (event.currentTarget.value === "") onFind("");
        }}
      />
      <button class="btn btn-quiet">{t("find_button")}</button>
    </form>
  );
}
