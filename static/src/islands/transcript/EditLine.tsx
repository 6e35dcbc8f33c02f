/**
 * One line being mended. It saves itself after a pause and when it is left; Tab goes on to the next
 * line by itself, Ctrl+Space holds the recording and lets it go on, Ctrl+Enter plays from the cursor.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { playFrom, secondAt, type Segment, type Source } from "./source";
import { t } from "./words";

const PAUSE_MS = 1500;

interface EditLineProps {
  segment: Segment;
  source: Source;
  isCurrent: boolean;
  onSaved: (before: Segment, after: Segment) => void;
}

export function EditLine({ segment, source, isCurrent, onSaved }: EditLineProps) {
  const [text, setText] = useState(segment.text);
  const [told, setTold] = useState<{ words: string; isProblem: boolean }>({ words: "", isProblem: false });
  const latest = useRef({ segment, text, isSaving: false });
  latest.current.segment = segment;
  latest.current.text = text;
  const timer = useRef(0);
  const field = useRef<HTMLTextAreaElement>(null);

  const save = async (): Promise<void> => {
    clearTimeout(timer.current);
    const { segment: before, text: wanted, isSaving } = latest.current;
    if (isSaving || wanted.trim() === before.text) return;
    latest.current.isSaving = true;
    setTold({ words: t("saving"), isProblem: false });
    try {
      const after = await source.edit(before, wanted);
      onSaved(before, after);
      latest.current.segment = after;
      setTold({ words: t("saved"), isProblem: false });
    } catch (error) {
      setTold({ words: (error as Error).message, isProblem: true });
      return;
    } finally {
      latest.current.isSaving = false;
    }
    // What was typed while the answer was on its way.
    if (latest.current.text !== wanted) void save();
  };
  // An undo changes the line from outside; who is typing is never overwritten by the answer to an earlier word.
  useEffect(() => {
    if (document.activeElement !== field.current) setText(segment.text);
  }, [segment.revision]);
  useEffect(() => () => void save(), []);
  // As high as its text, on a phone too.
  useLayoutEffect(() => {
    const shown = field.current;
    if (!shown) return;
    shown.style.height = "auto";
    shown.style.height = `${shown.scrollHeight + 2}px`;
  }, [text]);

  return (
    <li class={isCurrent ? "is-current" : ""}>
      <button type="button" class="chapter-time" tabIndex={-1} aria-label={t("play_from", { at: clockTime(segment.start_s) })} onClick={() => playFrom(segment.start_s)}>
        {clockTime(segment.start_s)}
      </button>
      <span class="transcript-field">
        <textarea
          ref={field}
          class="form-control" rows={1} maxLength={2000} value={text}
          aria-label={t("line_at", { at: clockTime(segment.start_s) })}
          onInput={(event) => {
            setText(event.currentTarget.value);
            clearTimeout(timer.current);
            timer.current = window.setTimeout(() => void save(), PAUSE_MS);
          }}
          onBlur={() => void save()}
          onKeyDown={(event) => {
            if (!event.ctrlKey) return;
            if (event.code === "Space") document.dispatchEvent(new CustomEvent("hub:toggle"));
            else if (event.key === "Enter") playFrom(secondAt(segment, event.currentTarget.selectionStart));
            else return;
            event.preventDefault();
          }}
        />
        <small class={told.isProblem ? "captions-problem" : "muted"} role={told.isProblem ? "alert" : "status"}>{told.words}</small>
      </span>
    </li>
  );
}
