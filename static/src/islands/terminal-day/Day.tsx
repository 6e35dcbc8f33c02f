/**
 * The day of a room, to be read from six metres: what comes next, how long it is until then, the whole day beside it.
 *
 * It goes to a lesson by itself, but only on an answer of the server that came to this page: what was kept may be
 * over long since.
 */
import { useEffect, useReducer, useState } from "preact/hooks";
import { keepAwake } from "../../live/wake";
import { useDay, type Followed } from "./follow";
import { Install } from "./Install";
import { serverNow } from "./kept";
import { keepPages } from "./offline";
import { RehearsalLine } from "./RehearsalLine";
import { StockLine } from "./StockLine";
import { calling, minutesTo, next, standing, type DayLesson, type RoomDay } from "./when";
import { dayOf, leftWords, shortDayOf, t, timeOf } from "./words";

const TONES = { ahead: "", begins: "busy", open: "ok", ended: "", cancelled: "danger", missed: "" } as const;

export function Day({ day: given }: { day: RoomDay }) {
  const followed = useDay(given);
  const { day } = followed;
  const now = useClock(followed);
  const [isRehearsing, setRehearsing] = useState(false);
  const called = calling(day.lessons, now);
  const goesTo = followed.isHeard && !followed.isCut ? called?.id : undefined;
  useEffect(keepAwake, []);
  useEffect(keepPages, []);
  useEffect(() => {
    if (goesTo) location.assign(`/live/${goesTo}`);
  }, [goesTo]);
  const shown = next(day.lessons, now);
  return (
    <div class="day">
      <header class="day-head">
        <p class="day-where"><strong>{day.room}</strong> {day.school}</p>
        <p class="day-clock"><time>{timeOf(now, day.zone)}</time> <span>{dayOf(now, day.zone)}</span></p>
      </header>
      <div class={`day-main ${day.lessons.length ? "" : "is-empty"}`}>
        {shown ? <Next lesson={shown} now={now} zone={day.zone} words={called ? t(goesTo ? "going" : followed.isCut ? "going_cut" : "line_asking") : t("goes")} /> : <Nothing day={day} />}
        {day.lessons.length > 0 && <List day={day} now={now} shown={shown} />}
      </div>
      <footer class="day-foot">
        <div class="day-lines">
          <Line followed={followed} />
          <RehearsalLine day={day} isBusy={!followed.isHeard || followed.isCut || called !== null} onRun={setRehearsing} />
          <StockLine isBusy={day.lessons.some((one) => one.state === "open")} isHeld={isRehearsing} />
        </div>
        <Install />
      </footer>
    </div>
  );
}

function Next({ lesson, now, zone, words }: { lesson: DayLesson; now: number; zone: string; words: string }) {
  const is = standing(lesson, now);
  return (
    <section class="day-next" aria-label={t(is === "ahead" ? "next" : "now")}>
      <p class="day-next-when">{t(is === "ahead" ? "next" : "now")} <span>{timeOf(lesson.starts_at, zone)}–{timeOf(lesson.ends_at, zone)}</span></p>
      <h2>{lesson.subject}{lesson.title && <small>{lesson.title}</small>}</h2>
      <p class="day-next-who">{whoWords(lesson)}</p>
      <p class="day-next-left" role="status">{is === "ahead" ? leftWords(minutesTo(lesson.starts_at, now)) : t(`is_${is}`)}</p>
      <p class="day-next-more">{words}</p>
    </section>
  );
}

function Nothing({ day }: { day: RoomDay }) {
  const [title, more] = !day.has_class ? (["no_class", "no_class_more"] as const) : day.lessons.length ? (["all_done", "none_more"] as const) : (["none", "none_more"] as const);
  return (
    <section class="day-next">
      <h2>{t(title)}</h2>
      <p class="day-next-more">{t(more)}</p>
    </section>
  );
}

function List({ day, now, shown }: { day: RoomDay; now: number; shown: DayLesson | null }) {
  return (
    <section class="day-list" aria-label={t("today")}>
      <h2>{t("today")}</h2>
      <ol>
        {day.lessons.map((lesson) => {
          const is = standing(lesson, now);
          return (
            <li key={lesson.id} class={`is-${is}`} aria-current={lesson.id === shown?.id ? "true" : undefined}>
              <time>{timeOf(lesson.starts_at, day.zone)}</time>
              <p><strong>{lesson.subject}</strong>{lesson.title && ` ${lesson.title}`}<small>{whoWords(lesson)}</small></p>
              <span class={`state ${TONES[is] ? `state-${TONES[is]}` : ""}`}>{t(`is_${is}`)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Line({ followed }: { followed: Followed }) {
  const { isCut, isHeard, day } = followed;
  if (isCut) return <p class="day-line day-cut" role="alert">{t("line_cut", { when: `${shortDayOf(day.now, day.zone)} ${timeOf(day.now, day.zone)}` })}</p>;
  return <p class={`day-line state state-${isHeard ? "ok" : "busy"}`} role="status">{t(isHeard ? "line_ok" : "line_asking")}</p>;
}

function whoWords(lesson: DayLesson): string {
  return lesson.is_lead ? t("led_here", { teacher: lesson.teacher }) : t("led_by", { school: lesson.lead_school, teacher: lesson.teacher });
}

/** The server's clock, told every second. */
function useClock(followed: Followed): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(undefined as never), 1_000);
    return () => clearInterval(timer);
  }, []);
  return serverNow(followed);
}
