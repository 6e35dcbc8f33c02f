/** The countdown of a task or of minutes that each class works on its own. */
import { useState } from "preact/hooks";
import { Refused, useLesson, useNow } from "./hooks";
import { Stepper } from "./Stepper";
import { countdown, t } from "./words";

export function Countdown({ isBig = false }: { isBig?: boolean }) {
  const lesson = useLesson();
  const now = useNow(250);
  const { timer } = lesson.state;
  if (!timer) return null;
  const left = timer.ends_at - now;
  const name = timer.label || t(timer.kind === "local" ? "timer_local" : "timer_task");
  return (
    <div class={`countdown ${isBig ? "countdown-big" : ""} ${left <= 0 ? "is-up" : ""}`} role="timer">
      <span>{name}</span>
      <strong>{left > 0 ? countdown(left) : t("time_up")}</strong>
    </div>
  );
}

const MINUTES = [1, 2, 3, 5, 8, 10];

/** Start or stop a countdown; local minutes hand the class to its own teacher. */
export function TimerForm({ onDone }: { onDone: () => void }) {
  const lesson = useLesson();
  const { timer } = lesson.state;
  const [kind, setKind] = useState<"task" | "local">("task");
  const [minutes, setMinutes] = useState(3);
  const [label, setLabel] = useState("");
  if (timer) {
    return (
      <div class="sheet-form">
        <Countdown />
        <button type="button" class="btn btn-primary" onClick={() => lesson.act("timer", "timer:stop", { timer: timer.id })}>{t("timer_stop")}</button>
        <Refused of="timer" />
      </div>
    );
  }
  const start = (): void => {
    lesson.act("timer", "timer:start", { seconds: minutes * 60, kind, label: label.trim().slice(0, 80) });
    onDone();
  };
  return (
    <div class="sheet-form">
      <div class="choice" role="group" aria-label={t("timer_kind")}>
        {(["task", "local"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>{t(one === "task" ? "timer_task" : "timer_local")}</button>
        ))}
      </div>
      <p class="muted small">{t(kind === "task" ? "timer_task_hint" : "timer_local_hint")}</p>
      <div class="choice" role="group" aria-label={t("timer_minutes")}>
        {MINUTES.map((one) => <button key={one} type="button" aria-pressed={minutes === one} onClick={() => setMinutes(one)}>{one}</button>)}
      </div>
      <Stepper label={t("timer_minutes")} value={minutes} most={90} onChange={(value) => setMinutes(Math.max(1, value))} />
      <label class="field"><span class="form-label">{t("timer_label")}</span><input class="form-control" maxLength={80} value={label} onInput={(event) => setLabel(event.currentTarget.value)} /></label>
      <button type="button" class="btn btn-primary" onClick={start}>{t("timer_start", { n: minutes })}</button>
      <Refused of="timer" />
    </div>
  );
}
