/** What is going on, in one line: what the lead does now, what waits for this class, what is not sent yet. */
import { useRef } from "preact/hooks";
import { Refused, useLesson, useNow } from "../../live/hooks";
import { lastPoll } from "../../live/Poll";
import { rungWords } from "../../live/sites";
import type { Lesson } from "../../live/store";
import { countdown, t } from "../../live/words";

export function Now({ site }: { site: number }) {
  const lesson = useLesson();
  const now = useNow();
  const { state, client } = lesson;
  const notice = [...state.notices].reverse().find((one) => one.site === null || one.site === site);
  const rung = rungWords(lesson, site);
  const waiting = client.outbox.size;
  const { buzz } = state;
  const hasPressed = buzz?.presses.some((press) => press.site === site) ?? false;
  return (
    <div class="now">
      <p class="now-line" role="status">{doing(lesson, site, now)}</p>
      {rung && <p class="muted small">{t("your_line", { rung })}</p>}
      {notice && now - notice.at < 5 * 60_000 && <p class="note note-warn">{notice.text}</p>}
      {lesson.line === "cut" && <p class="now-kept" role="status">{waiting > 0 ? t("kept_waiting", { n: waiting }) : t("kept")}</p>}
      {buzz && <Buzz buzz={buzz.id} site={site} hasPressed={hasPressed} />}
    </div>
  );
}

/** The way to the server and back counts for half, so that a slow line is no disadvantage. */
function Buzz({ buzz, site, hasPressed }: { buzz: string; site: number; hasPressed: boolean }) {
  const lesson = useLesson();
  const isPressed = useRef("");
  const press = (): void => {
    if (isPressed.current === buzz) return;
    isPressed.current = buzz;
    lesson.act("press", "buzz:press", { buzz, site, rtt_ms: Math.min(2000, lesson.client.rttMs) });
  };
  return (
    <>
      <button type="button" class="buzz-button" disabled={hasPressed} onClick={press}>{t(hasPressed ? "buzz_pressed" : "buzz_press")}</button>
      <Refused of="press" />
    </>
  );
}

function doing(lesson: Lesson, site: number, now: number): string {
  const { phase, stage, timer, buzz, hands } = lesson.state;
  const poll = lastPoll(lesson.state);
  if (phase === "planned") return t("now_planned");
  if (phase === "paused") return t("now_paused");
  if (phase === "ended") return t("now_ended");
  if (stage?.site === site) return t("now_stage");
  if (hands.some((hand) => hand.site === site && hand.called_at)) return t("now_called");
  if (buzz) return t("now_buzz");
  if (poll?.is_open) return t("now_poll");
  if (timer && timer.ends_at > now) return t(timer.kind === "local" ? "now_local" : "now_task", { time: countdown(timer.ends_at - now) });
  if (stage) return t("now_other_stage");
  return t("now_teaching", { name: lesson.props.lead });
}
