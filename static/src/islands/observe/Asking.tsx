/** The sheet of questions: a tap when it was asked and to whom, a tap when an answer begins, a tap for its level. */
import { useEffect, useState } from "preact/hooks";
import { askedOf, ENDS, waited } from "./counts";
import type { Part } from "./One";
import { usePresses } from "./presses";
import type { Kept } from "./store";
import { millisOf } from "./time";
import type { End, Mark, Observation } from "./types";
import { t } from "./words";

/** The question that presses are about; `from_ms` is when it was asked, as long as nobody answers. */
export interface Open {
  id: string;
  from_ms: number | null;
}

interface Given {
  part: Part;
  marks: Mark[];
  question: Kept<Mark> | undefined;
  open: Open | null | undefined;
  add: (end: End) => Kept<Mark>;
}

export function Asking({ part, marks, question, open, add }: Given) {
  const { book, props, thing, isClosed } = part;
  const from = question && open ? open.from_ms : null;
  const ask = (end: End): void => book.remember(thing.id, { question: { id: add(end).id, from_ms: millisOf(thing) } });
  const answer = (): void => {
    if (!question || from === null) return;
    book.change<Mark>(question.id, { wait_ms: waited(from, millisOf(thing)) });
    book.remember(thing.id, { question: { id: question.id, from_ms: null } });
  };
  const setLevel = (key: string | undefined): void => {
    if (question && key) book.change<Mark>(question.id, { level: question.data.level === key ? null : key });
  };
  usePresses((press) => {
    if (press.kind === "end") ask(press.end);
    else if (press.kind === "answer") answer();
    else if (press.kind === "level") setLevel(props.question_levels[press.at]?.[0]);
    else return false;
    return true;
  }, isClosed);
  return (
    <section class="observe-asking" aria-label={t("questions")}>
      <Standing thing={thing} question={question} from={from} ends={props.ends} />
      <div class="observe-thirds">
        {ENDS.map((end) => {
          const found = askedOf(marks, end);
          return (
            <button key={end} type="button" class="big" disabled={isClosed} onClick={() => ask(end)}>
              {t("ask", { end: props.ends[end] })}<strong>{found.asked}</strong>
              <span class="small">{found.wait_s === null ? t("no_wait") : t("mean_wait", { n: found.wait_s.toFixed(1) })}</span><kbd aria-hidden="true">{end[0]!.toUpperCase()}</kbd>
            </button>
          );
        })}
      </div>
      <button type="button" class="btn btn-primary observe-answer" disabled={isClosed || from === null} onClick={answer}>{t("answer_begins")}<kbd aria-hidden="true">D</kbd></button>
      <div class="observe-thirds" role="group" aria-label={t("level_of_question")}>
        {props.question_levels.map(([key, words], at) => (
          <button key={key} type="button" class="tag" disabled={isClosed || !question} aria-pressed={question?.data.level === key} onClick={() => setLevel(key)}>{words}<kbd aria-hidden="true">{at + 1}</kbd></button>
        ))}
      </div>
    </section>
  );
}

/** In words what is being timed; the running seconds are for the eye, a reader hears beginning and end. */
function Standing({ thing, question, from, ends }: { thing: Kept<Observation>; question: Kept<Mark> | undefined; from: number | null; ends: Record<End, string> }) {
  if (!question) return <p class="observe-tick" role="status">{t("ask_hint")}</p>;
  const end = ends[question.data.end];
  if (from !== null) return <p class="observe-tick"><span role="status">{t("waiting_for", { end })}</span> <Running thing={thing} from={from} /></p>;
  const wait = question.data.wait_ms;
  return <p class="observe-tick is-coded" role="status">{wait === null ? t("asked_untimed", { end }) : t("asked_waited", { end, n: (wait / 1000).toFixed(1) })}</p>;
}

function Running({ thing, from }: { thing: Kept<Observation>; from: number }) {
  const [now, tick] = useState(() => millisOf(thing));
  useEffect(() => {
    const timer = setInterval(() => tick(millisOf(thing)), 100);
    return () => clearInterval(timer);
  }, [thing]);
  const passed = waited(from, now);
  return <span class="observe-running" aria-hidden="true">{passed === null ? "—" : t("running", { n: (passed / 1000).toFixed(1) })}</span>;
}
