/** What colleagues say of one text: comments, answers, suggestions to be taken or not, and what the text came from. */
import { useState } from "preact/hooks";
import type * as Y from "yjs";
import { Icon } from "../../shared/icon";
import { plainWords } from "./document.ts";
import { useStore, type PlanStore, type Remark } from "./store.ts";
import { t } from "./words";

interface Wanted {
  place: string;
  text: Y.XmlFragment;
  label: string;
}

export function Remarks({ place, text, label }: Wanted) {
  const store = useStore();
  const [isOpen, open] = useState(false);
  const here = store.remarks.filter((one) => one.place === place && one.answers === null);
  const waiting = here.filter((one) => one.state === "open");
  const count = waiting.length;
  return (
    <div class="plan-remarks no-print">
      <button type="button" class={`btn btn-quiet plan-remarks-switch ${count ? "has-remarks" : ""}`} aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        <Icon name="talk" />
        {count ? t("remarks_count", { n: count }) : <span class="hidden-words">{t("remarks")}</span>}
        <span class="hidden-words">{label}</span>
      </button>
      {isOpen && (
        <section class="plan-remarks-panel" aria-label={t("remarks_of", { label })}>
          {store.causes.filter((one) => one.place === place).map((one) => <Cause key={one.remark} remark={store.remarks.find((remark) => remark.id === one.remark)} />)}
          {waiting.map((one) => <Thread key={one.id} remark={one} store={store} />)}
          {here.length === 0 && <p class="muted small">{t("remarks_none")}</p>}
          {here.length > count && <Settled remarks={here.filter((one) => one.state !== "open")} />}
          {store.mayRemark && <NewRemark place={place} text={text} store={store} />}
        </section>
      )}
    </div>
  );
}

function Cause({ remark }: { remark: Remark | undefined }) {
  return remark ? <p class="plan-cause">{t("cause", { name: remark.author })}{remark.text && <q>{remark.text}</q>}</p> : null;
}

function Thread({ remark, store }: { remark: Remark; store: PlanStore }) {
  const [problem, setProblem] = useState("");
  const [answer, setAnswer] = useState("");
  const ask = async (name: string, data: Record<string, unknown>): Promise<boolean> => {
    const reply = await store.line.ask(name, data).catch(() => null);
    setProblem(reply === null ? t("no_line") : reply.ok ? "" : reply.error.message);
    if (reply && !reply.ok) void store.loadRemarks();
    return reply?.ok ?? false;
  };
  const settle = (state: Remark["state"]) => (): void => void ask("remark:settle", { remark: remark.id, state });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (answer.trim() && (await ask("remark:add", { place: remark.place, text: answer, answers: remark.id }))) setAnswer("");
  };
  const isMine = remark.author_id === store.props.person;
  const isSuggestion = remark.kind === "suggestion";
  return (
    <article class={`plan-remark ${isSuggestion ? "is-suggestion" : ""}`}>
      <p class="plan-remark-who"><strong>{remark.author}</strong>{isSuggestion && <span class="state">{t("suggestion")}</span>}</p>
      {remark.text && <p class="keeps-lines">{remark.text}</p>}
      {isSuggestion && <blockquote class="keeps-lines">{remark.proposal}</blockquote>}
      {store.remarks.filter((one) => one.answers === remark.id).map((one) => <p key={one.id} class="plan-answer keeps-lines"><strong>{one.author}</strong> {one.text}</p>)}
      <div class="actions">
        {isSuggestion && store.mayWrite && <button type="button" class="btn btn-primary" onClick={settle("accepted")}>{t("accept")}</button>}
        {isSuggestion && (store.mayWrite || isMine) && <button type="button" class="btn btn-plain" onClick={settle("refused")}>{t(isMine ? "take_back" : "refuse")}</button>}
        {!isSuggestion && (store.mayWrite || isMine) && <button type="button" class="btn btn-plain" onClick={settle("resolved")}>{t("resolve")}</button>}
      </div>
      {store.mayRemark && (
        <form class="with-button" onSubmit={(event) => void send(event)}>
          <input class="form-control" aria-label={t("answer")} placeholder={t("answer")} value={answer} maxLength={2000} onInput={(event) => setAnswer(event.currentTarget.value)} />
          <button class="btn btn-plain">{t("send")}</button>
        </form>
      )}
      {problem && <p class="refused" role="alert">{problem}</p>}
    </article>
  );
}

function Settled({ remarks }: { remarks: Remark[] }) {
  return (
    <details>
      <summary class="muted small">{t("settled", { n: remarks.length })}</summary>
      {remarks.map((one) => <p key={one.id} class="plan-answer keeps-lines"><strong>{one.author}</strong> {one.text || one.proposal}<br /><span class="muted small">{t(`state_${one.state}`, { name: one.settled_by })}</span></p>)}
    </details>
  );
}

function NewRemark({ place, text, store }: { place: string; text: Y.XmlFragment; store: PlanStore }) {
  const [words, setWords] = useState("");
  const [proposal, setProposal] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = proposal === null ? { kind: "comment", text: words } : { kind: "suggestion", text: words, proposal };
    const reply = await store.line.ask("remark:add", { place, ...given }).catch(() => null);
    setProblem(reply === null ? t("no_line") : reply.ok ? "" : (Object.values((reply.error as { fields?: Record<string, string> }).fields ?? {})[0] ?? reply.error.message));
    if (reply?.ok) {
      setWords("");
      setProposal(null);
    }
  };
  return (
    <form class="plan-new-remark" onSubmit={(event) => void send(event)}>
      {proposal !== null && <textarea class="form-control" aria-label={t("proposal")} rows={4} maxLength={8000} value={proposal} onInput={(event) => setProposal(event.currentTarget.value)} />}
      <textarea class="form-control" aria-label={t(proposal === null ? "comment" : "reason")} placeholder={t(proposal === null ? "comment" : "reason")} rows={2} maxLength={2000} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <div class="actions">
        <button class="btn btn-plain">{t(proposal === null ? "send_comment" : "send_suggestion")}</button>
        {proposal === null
          ? <button type="button" class="btn btn-quiet" onClick={() => setProposal(plainWords(text))}>{t("suggest")}</button>
          : <button type="button" class="btn btn-quiet" onClick={() => setProposal(null)}>{t("cancel")}</button>}
      </div>
      {problem && <p class="refused" role="alert">{problem}</p>}
    </form>
  );
}
