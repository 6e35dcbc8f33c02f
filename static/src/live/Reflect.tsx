/** What teachers of the lesson think of it afterwards: one's own to write, the others' to read. */
import { useState } from "preact/hooks";
import { seatName } from "./Chat";
import { Refused, useLesson } from "./hooks";
import { t } from "./words";

const PARTS = ["worked", "problem", "evidence", "next"] as const;
const LONGEST = 600;
type Words = Record<(typeof PARTS)[number], string>;

export function Reflect({ onDone }: { onDone: () => void }) {
  const lesson = useLesson();
  const { reflections } = lesson.state;
  const own = reflections[lesson.seat];
  const [words, setWords] = useState<Words>({ worked: own?.worked ?? "", problem: own?.problem ?? "", evidence: own?.evidence ?? "", next: own?.next ?? "" });
  const isEmpty = PARTS.every((part) => !words[part].trim());
  const send = (event: Event): void => {
    event.preventDefault();
    lesson.act("reflect", "reflection:give", { ...words });
    onDone();
  };
  return (
    <form class="sheet-form" onSubmit={send}>
      {PARTS.map((part) => (
        <label class="field" key={part}>
          <span class="form-label">{t(`reflect_${part}`)}</span>
          <textarea class="form-control" rows={2} maxLength={LONGEST} value={words[part]} onInput={(event) => setWords({ ...words, [part]: event.currentTarget.value })} />
        </label>
      ))}
      <button class="btn btn-primary btn-large" disabled={isEmpty}>{t("reflect_send")}</button>
      <p class="muted small">{t("reflect_seen")}</p>
      <Refused of="reflect" />
      <Reflections except={lesson.seat} />
    </form>
  );
}

/** The reflections of all teachers but one. */
export function Reflections({ except = "" }: { except?: string }) {
  const lesson = useLesson();
  return (
    <>
      {Object.entries(lesson.state.reflections).filter(([seat]) => seat !== except).map(([seat, given]) => (
        <section class="reflection" key={seat}>
          <h3>{seatName(seat, lesson.props)}</h3>
          {PARTS.filter((part) => given[part]).map((part) => <p key={part}><span class="muted">{t(`reflect_${part}`)}</span> {given[part]}</p>)}
        </section>
      ))}
    </>
  );
}
