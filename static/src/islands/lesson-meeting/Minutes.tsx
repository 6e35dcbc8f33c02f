/** The minutes, kept by all of them as it goes: what was said, what was decided. They stay after the meeting. */
import { useState } from "preact/hooks";
import { seatName } from "../../live/Chat";
import { Refused, useLesson } from "../../live/hooks";
import { t } from "../../live/words";

const KINDS = ["note", "decision"] as const;
const LONGEST = 500;

export function Minutes() {
  const lesson = useLesson();
  const { minutes } = lesson.state;
  const [kind, setKind] = useState<(typeof KINDS)[number]>("note");
  const [text, setText] = useState("");
  const add = (event: Event): void => {
    event.preventDefault();
    if (!text.trim()) return;
    lesson.act("minutes", "minute:add", { kind, text: text.trim() });
    setText("");
  };
  return (
    <>
      {minutes.length === 0 && <p class="muted">{t("minutes_empty")}</p>}
      <ol class="minutes">
        {minutes.map((one) => (
          <li key={one.id} class={`minute-${one.kind}`}>
            {one.kind === "decision" && <strong>{t("minute_decision")} </strong>}
            {one.text} <span class="muted small">{seatName(one.by, lesson.props)}</span>
            <button type="button" class="btn btn-quiet" aria-label={t("minute_drop", { text: one.text.slice(0, 20) })} onClick={() => lesson.act("minutes", "minute:drop", { minute: one.id })}>{t("minute_drop_short")}</button>
          </li>
        ))}
      </ol>
      <form class="sheet-form" onSubmit={add}>
        <div class="choice" role="group" aria-label={t("minute_kind")}>
          {KINDS.map((one) => <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>{t(`minute_${one}`)}</button>)}
        </div>
        <textarea class="form-control" rows={2} maxLength={LONGEST} aria-label={t("minute_text")} placeholder={t("minute_text")} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <button class="btn btn-plain" disabled={!text.trim()}>{t("minute_add")}</button>
      </form>
      <Refused of="minutes" />
    </>
  );
}
