/** Questions to all classes: asking, answering with counted hands, and what came of it. */
import { useState } from "preact/hooks";
import { Refused, useLesson } from "./hooks";
import { nameOf } from "./props";
import type { Poll, State } from "./state";
import { Stepper } from "./Stepper";
import { t } from "./words";

export interface Asked extends Poll {
  id: string;
}

/** The question that is open, or was asked last. */
export function lastPoll(state: State): Asked | null {
  const polls = Object.entries(state.polls).map(([id, poll]) => ({ ...poll, id }));
  polls.sort((one, other) => Number(one.is_open) - Number(other.is_open) || one.at - other.at);
  return polls[polls.length - 1] ?? null;
}

export function totals(poll: Poll): number[] {
  return poll.choices.map((_choice, at) => Object.values(poll.answers).reduce((sum, counts) => sum + (counts[at] ?? 0), 0));
}

/** Each choice with its bar and its number; `bySite` adds which class gave how many. */
export function PollBars({ poll, bySite = false }: { poll: Poll; bySite?: boolean }) {
  const { sites } = useLesson().props;
  const sums = totals(poll);
  const most = Math.max(1, ...sums);
  return (
    <ol class="poll-bars">
      {poll.choices.map((choice, at) => (
        <li key={at}>
          <span class="poll-choice">{choice}</span>
          <progress max={most} value={sums[at] ?? 0} aria-label={t("poll_votes_for", { choice, n: sums[at] ?? 0 })} />
          <strong>{sums[at]}</strong>
          {bySite && <small class="muted">{Object.entries(poll.answers).filter(([, counts]) => counts[at]).map(([site, counts]) => `${nameOf(sites, Number(site))} ${counts[at] ?? 0}`).join(" · ")}</small>}
        </li>
      ))}
    </ol>
  );
}

const SETS: readonly (readonly string[])[] = [["✓", "✗"], ["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"]];
const KINDS = ["hands", "cards", "groups"] as const;

/** Ask a question; an open one is shown with what came in, and closed here. */
export function PollForm() {
  const lesson = useLesson();
  const [question, setQuestion] = useState("");
  const [choices, setChoices] = useState<readonly string[]>(SETS[3]!);
  const [own, setOwn] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("hands");
  const [isCounting, count] = useState(false);
  const open = lastPoll(lesson.state);
  if (open?.is_open && isCounting) return <PollCount key={open.id} poll={open} site={0} onDone={() => count(false)} />;
  if (open?.is_open) {
    const missing = lesson.props.sites.filter((site) => !(String(site.position) in open.answers));
    return (
      <div class="sheet-form">
        <p class="lead">{open.question}</p>
        <PollBars poll={open} bySite />
        <p class="muted small">{missing.length > 0 ? t("poll_missing", { names: missing.map((site) => nameOf(lesson.props.sites, site.position)).join("、") }) : t("poll_all")}</p>
        <button type="button" class="btn btn-plain" onClick={() => count(true)}>{t("poll_own_class")}</button>
        <button type="button" class="btn btn-primary" onClick={() => lesson.act("poll", "poll:close", { poll: open.id })}>{t("poll_close")}</button>
        <Refused of="poll" />
      </div>
    );
  }
  const written = own.split(/[,，、;；\s]+/).filter(Boolean).slice(0, 8);
  const given = written.length >= 2 ? written : choices;
  const ask = (): string => lesson.act("poll", "poll:open", { question: question.trim() || t("poll_plain"), choices: given.map((one) => one.slice(0, 80)), kind });
  return (
    <div class="sheet-form">
      <label class="field"><span class="form-label">{t("poll_question")}</span><input class="form-control" maxLength={500} placeholder={t("poll_plain")} value={question} onInput={(event) => setQuestion(event.currentTarget.value)} /></label>
      <div class="choice" role="group" aria-label={t("poll_choices")}>
        {SETS.map((set) => <button key={set.join()} type="button" aria-pressed={given === set} onClick={() => { setChoices(set); setOwn(""); }}>{set.join(" ")}</button>)}
      </div>
      <label class="field"><span class="form-label">{t("poll_own")}</span><input class="form-control" value={own} onInput={(event) => setOwn(event.currentTarget.value)} /></label>
      <div class="choice" role="group" aria-label={t("poll_kind")}>
        {KINDS.map((one) => <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>{t(`poll_${one}`)}</button>)}
      </div>
      <button type="button" class="btn btn-primary" onClick={ask}>{t("poll_ask")}</button>
      <Refused of="poll" />
      {open && <><p class="muted small">{t("poll_last", { question: open.question })}</p><PollBars poll={open} bySite /></>}
    </div>
  );
}

/** Enter counted hands, a number for each choice. */
export function PollCount({ poll, site, onDone }: { poll: Asked; site: number; onDone: () => void }) {
  const lesson = useLesson();
  const given = poll.answers[String(site)];
  const [counts, setCounts] = useState<number[]>(given ? [...given] : poll.choices.map(() => 0));
  const send = (): void => {
    lesson.act("answer", "poll:answer", { poll: poll.id, site, counts });
    onDone();
  };
  return (
    <div class="sheet-form">
      <p class="lead">{poll.question}</p>
      <p class="muted small">{t(`poll_how_${poll.kind}`)}</p>
      {poll.choices.map((choice, at) => (
        <Stepper key={at} label={choice} value={counts[at] ?? 0} onChange={(value) => setCounts(counts.map((old, place) => (place === at ? value : old)))} />
      ))}
      <button type="button" class="btn btn-primary" onClick={send}>{t("poll_send", { n: counts.reduce((sum, one) => sum + one, 0) })}</button>
      <Refused of="answer" />
    </div>
  );
}
