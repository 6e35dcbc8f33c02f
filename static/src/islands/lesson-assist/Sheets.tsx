/** The sheets behind the big buttons: a hand, the heads, a call for help. */
import { useState } from "preact/hooks";
import { Refused, useLesson } from "../../live/hooks";
import { headsOf } from "../../live/sites";
import { Stepper } from "../../live/Stepper";
import { t } from "../../live/words";

export interface SheetProps {
  site: number;
  onDone: () => void;
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"] as const;
const LONGEST_NUMBER = 2;

/** Somebody wants to answer; which seat is optional, since counting seats must not cost the moment. */
export function HandSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const [who, setWho] = useState("");
  const own = lesson.state.hands.filter((hand) => hand.site === site);
  const press = (key: string): void => setWho((old) => (key === "⌫" ? old.slice(0, -1) : `${old}${key}`.slice(-LONGEST_NUMBER)));
  const raise = (): void => {
    lesson.act("hand", "hand:raise", { site, who });
    onDone();
  };
  return (
    <div class="sheet-form">
      <button type="button" class="btn btn-primary btn-large" onClick={raise}>{who ? t("raise_seat", { who }) : t("raise")}</button>
      <p class="muted small">{t("seat_optional")}</p>
      <div class="number-pad" role="group" aria-label={t("seat_number")}>
        {KEYS.map((key) => <button key={key} type="button" aria-label={key === "⌫" ? t("delete_digit") : key} onClick={() => press(key)}>{key}</button>)}
      </div>
      {own.map((hand) => (
        <p key={hand.id} class="sheet-row">
          <span>{hand.who ? t("seat_no", { who: hand.who }) : t("a_hand")}{hand.called_at ? ` ${t("is_called")}` : ""}</span>
          <button type="button" class="btn btn-plain" onClick={() => lesson.act("hand", "hand:lower", { hand: hand.id })}>{t("hand_down")}</button>
        </p>
      ))}
      <Refused of="hand" />
    </div>
  );
}

export function HeadsSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const [count, setCount] = useState(headsOf(lesson, site).count);
  const send = (): void => {
    lesson.act("heads", "heads:count", { site, count });
    onDone();
  };
  return (
    <div class="sheet-form">
      <Stepper label={t("heads_here")} value={count} onChange={setCount} />
      <button type="button" class="btn btn-primary btn-large" onClick={send}>{t("heads_send", { n: count })}</button>
      <p class="muted small">{t("heads_hint")}</p>
      <Refused of="heads" />
    </div>
  );
}

const ABOUT = ["sound", "picture", "slides", "line", "other"] as const;

export function HelpSheet({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const { help } = lesson.props;
  const number = /[\d-]{7,}/.exec(help)?.[0];
  const call = (about: string) => (): void => {
    lesson.act("helping", "help:call", { site, about });
    onDone();
  };
  return (
    <div class="sheet-form">
      <div class="help-about">
        {ABOUT.map((about) => <button key={about} type="button" class="btn btn-plain btn-large" onClick={call(about)}>{t(`help_${about}`)}</button>)}
      </div>
      {help && <p class="help-number">{t("help_call")} {number ? <a href={`tel:${number}`}>{help}</a> : <strong>{help}</strong>}</p>}
      <Refused of="helping" />
    </div>
  );
}
