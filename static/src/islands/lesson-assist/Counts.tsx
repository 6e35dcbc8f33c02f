/** Counts and the word at the end: the exit ticket, how many understood, the report of one minute. */
import { useState } from "preact/hooks";
import { Refused, useLesson } from "../../live/hooks";
import { headsOf } from "../../live/sites";
import { Stepper } from "../../live/Stepper";
import { t } from "../../live/words";
import type { SheetProps } from "./Sheets";

const ITEMS = [1, 2, 3] as const;

/** Right and wrong for each question of the exit ticket; nothing of a single pupil. */
export function TicketSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const key = String(site);
  const [item, setItem] = useState<number>(ITEMS.find((one) => !lesson.state.tickets[String(one)]?.[key]) ?? 1);
  const given = lesson.state.tickets[String(item)]?.[key];
  const [right, setRight] = useState(given?.[0] ?? 0);
  const [wrong, setWrong] = useState(given?.[1] ?? 0);
  const choose = (one: number): void => {
    const had = lesson.state.tickets[String(one)]?.[key];
    setItem(one);
    setRight(had?.[0] ?? 0);
    setWrong(had?.[1] ?? 0);
  };
  const send = (): void => {
    lesson.act("ticket", "ticket:count", { site, item, right, wrong });
    if (item < ITEMS.length) choose(item + 1);
    else onDone();
  };
  return (
    <div class="sheet-form">
      <div class="choice" role="group" aria-label={t("ticket_items")}>
        {ITEMS.map((one) => <button key={one} type="button" aria-pressed={item === one} onClick={() => choose(one)}>{t("ticket_item", { n: one })}</button>)}
      </div>
      <Stepper label={t("right")} value={right} onChange={setRight} />
      <Stepper label={t("wrong")} value={wrong} onChange={setWrong} />
      <button type="button" class="btn btn-primary btn-large" onClick={send}>{t("ticket_send", { n: item })}</button>
      <Refused of="ticket" />
    </div>
  );
}

const MOODS = ["mood_yes", "mood_half", "mood_no"] as const;

export function MoodSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const [counts, setCounts] = useState<number[]>([headsOf(lesson, site).count, 0, 0]);
  const send = (): void => {
    lesson.act("mood", "mood:count", { site, counts });
    onDone();
  };
  return (
    <div class="sheet-form">
      {MOODS.map((word, at) => (
        <Stepper key={word} label={t(word)} value={counts[at] ?? 0} onChange={(value) => setCounts(counts.map((old, place) => (place === at ? value : old)))} />
      ))}
      <button type="button" class="btn btn-primary btn-large" onClick={send}>{t("send")}</button>
      <Refused of="mood" />
    </div>
  );
}

const WENT = ["well", "fair", "poor"] as const;
const LONGEST_REPORT = 600;

export function ReportSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const given = lesson.state.reports[String(site)];
  const [went, setWent] = useState<string>(given?.went ?? "");
  const [text, setText] = useState(given?.text ?? "");
  const isOn = lesson.state.phase !== "planned";
  const send = (): void => {
    lesson.act("report", "report:give", { site, went, text: text.trim() });
    onDone();
  };
  return (
    <div class="sheet-form">
      <p>{t("report_hint")}</p>
      <div class="choice" role="group" aria-label={t("report_went")}>
        {WENT.map((one) => <button key={one} type="button" aria-pressed={went === one} onClick={() => setWent(one)}>{t(`went_${one}`)}</button>)}
      </div>
      <label class="field">
        <span class="form-label">{t("report_text")}</span>
        <textarea class="form-control" rows={4} maxLength={LONGEST_REPORT} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="button" class="btn btn-primary btn-large" disabled={!went || !isOn} onClick={send}>{t("report_send")}</button>
      <Refused of="report" />
    </div>
  );
}
