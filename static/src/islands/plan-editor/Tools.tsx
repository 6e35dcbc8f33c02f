/** What is done to the text that has the cursor: its looks, its lists, and what is put into it. */
import { toggleMark } from "prosemirror-commands";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../shared/api";
import { Icon } from "../../shared/icon";
import { drawFormula } from "./formulas.ts";
import { schema } from "./schema.ts";
import { useStore } from "./store.ts";
import { t } from "./words";
import { chosenFormula, lineAs, putFormula, putLink, putPicture } from "./writing.ts";

type Form = "formula" | "link" | "picture" | null;

/** A press must not take the cursor out of the text. */
const keep = (event: Event): void => event.preventDefault();

export function Tools() {
  const store = useStore();
  const [form, show] = useState<Form>(null);
  const view = store.view;
  const isOff = view === null || !store.mayWrite;
  useEffect(() => show(null), [store.active]);
  const mark = (name: "bold" | "underline") => (): void => {
    if (view) toggleMark(schema.marks[name]!)(view.state, view.dispatch);
    view?.focus();
  };
  const list = (kind: "bullet" | "numbered") => (): void => {
    if (view) lineAs(kind)(view.state, view.dispatch);
    view?.focus();
  };
  const done = (): void => show(null);
  return (
    <div class="plan-tools" role="toolbar" aria-label={t("tools")}>
      <div class="plan-tools-row" onPointerDown={keep} onMouseDown={keep}>
        <button type="button" class="btn btn-quiet" disabled={isOff} title={t("bold_keys")} onClick={mark("bold")}><strong>{t("bold")}</strong></button>
        <button type="button" class="btn btn-quiet" disabled={isOff} title={t("underline_keys")} onClick={mark("underline")}><u>{t("underline")}</u></button>
        <button type="button" class="btn btn-quiet" disabled={isOff} onClick={list("bullet")}>{t("bullet")}</button>
        <button type="button" class="btn btn-quiet" disabled={isOff} onClick={list("numbered")}>{t("numbered")}</button>
        <button type="button" class="btn btn-quiet" disabled={isOff} aria-expanded={form === "picture"} onClick={() => show("picture")}><Icon name="picture" />{t("picture")}</button>
        <button type="button" class="btn btn-quiet" disabled={isOff} aria-expanded={form === "formula"} onClick={() => show("formula")}>{t("formula")}</button>
        <button type="button" class="btn btn-quiet" disabled={isOff} aria-expanded={form === "link"} onClick={() => show("link")}><Icon name="link" />{t("link")}</button>
        <span class="plan-tools-end">
          <button type="button" class="btn btn-quiet" disabled={!store.mayWrite} title={t("undo_keys")} onClick={() => store.plan.undo()}><Icon name="undo" />{t("undo")}</button>
          <button type="button" class="btn btn-quiet" disabled={!store.mayWrite} onClick={() => store.plan.redo()}>{t("redo")}</button>
        </span>
      </div>
      {isOff && store.mayWrite && <p class="plan-tools-hint muted small">{t("tools_hint")}</p>}
      {!isOff && form === "formula" && <FormulaForm onDone={done} />}
      {!isOff && form === "link" && <LinkForm onDone={done} />}
      {!isOff && form === "picture" && <PictureForm onDone={done} />}
    </div>
  );
}

/** The first field of a form that just opened has the keyboard. */
function useFocus(): RefObject<HTMLInputElement> {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}

interface FormProps {
  onDone: () => void;
}

function FormulaForm({ onDone }: FormProps) {
  const { view } = useStore();
  const [latex, setLatex] = useState(() => chosenFormula(view));
  const shown = useRef<HTMLSpanElement>(null);
  const field = useFocus();
  useEffect(() => (latex.trim() ? drawFormula(shown.current!, latex) : void (shown.current!.textContent = "")), [latex]);
  const put = (event: Event): void => {
    event.preventDefault();
    if (view && latex.trim()) putFormula(view, latex.trim());
    onDone();
  };
  return (
    <form class="plan-form" onSubmit={put}>
      <label class="form-label" for="plan-latex">{t("formula_label")}</label>
      <input id="plan-latex" class="form-control" value={latex} maxLength={2000} placeholder="\frac{1}{2}" autocomplete="off" spellcheck={false} ref={field} onInput={(event) => setLatex(event.currentTarget.value)} />
      <span class="plan-shown" ref={shown} aria-live="polite" />
      <span class="actions"><button class="btn btn-primary">{t("put")}</button><button type="button" class="btn btn-quiet" onClick={onDone}>{t("cancel")}</button></span>
    </form>
  );
}

interface Hit {
  id: string;
  ref_kind: string;
  title: string;
  path: string;
}

function LinkForm({ onDone }: FormProps) {
  const { view } = useStore();
  const field = useFocus();
  const [words, setWords] = useState("");
  const [hits, setHits] = useState<Hit[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!words.trim()) return setHits(null);
    const asking = new AbortController();
    const timer = setTimeout(() => {
      api<{ hits: Hit[] }>(`/api/v1/search?limit=10&q=${encodeURIComponent(words.trim())}`, { signal: asking.signal }).then(
        (found) => (setHits(found.hits.filter((hit) => hit.ref_kind === "resource")), setProblem("")),
        (error: Error) => asking.signal.aborted || setProblem(error.message),
      );
    }, 250);
    return () => (clearTimeout(timer), asking.abort());
  }, [words]);
  const take = (hit: Hit): void => {
    if (view) putLink(view, hit.id, hit.title);
    onDone();
  };
  return (
    <div class="plan-form">
      <label class="form-label" for="plan-find">{t("link_label")}</label>
      <input id="plan-find" class="form-control" type="search" value={words} autocomplete="off" ref={field} onInput={(event) => setWords(event.currentTarget.value)} />
      {problem && <p class="refused" role="alert">{problem}</p>}
      {hits?.length === 0 && <p class="muted" role="status">{t("link_none")}</p>}
      <ul class="plan-hits">
        {(hits ?? []).map((hit) => (
          <li key={hit.id}><button type="button" class="btn btn-quiet" onClick={() => take(hit)}>{hit.title}<small class="muted">{hit.path}</small></button></li>
        ))}
      </ul>
      <button type="button" class="btn btn-quiet" onClick={onDone}>{t("cancel")}</button>
    </div>
  );
}

function PictureForm({ onDone }: FormProps) {
  const { view } = useStore();
  const [alt, setAlt] = useState("");
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const take = async (event: Event): Promise<void> => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    if (!file) return;
    setSending(true);
    setProblem("");
    try {
      const { sendPhoto } = await import("../../live/camera");
      const asset = await sendPhoto(file, t("picture_lost"));
      if (view) putPicture(view, asset, alt.trim());
      onDone();
    } catch (error) {
      setProblem(error instanceof Error && error.message ? error.message : t("picture_lost"));
    } finally {
      setSending(false);
    }
  };
  return (
    <div class="plan-form">
      <label class="form-label" for="plan-alt">{t("picture_alt")}</label>
      <input id="plan-alt" class="form-control" value={alt} maxLength={200} autocomplete="off" onInput={(event) => setAlt(event.currentTarget.value)} />
      <p class="form-text">{t("picture_rule")}</p>
      <span class="actions">
        <label class={`btn btn-primary file-button ${isSending ? "is-busy" : ""}`}>
          <input type="file" class="hidden-words" accept="image/*" disabled={isSending} onChange={(event) => void take(event)} />
          {t(isSending ? "picture_sending" : "picture_choose")}
        </label>
        <button type="button" class="btn btn-quiet" onClick={onDone}>{t("cancel")}</button>
      </span>
      {problem && <p class="refused" role="alert">{problem}</p>}
    </div>
  );
}
