/** The cards before and after a lesson: who is there and the one button to begin; what was done and the way on. */
import { useState } from "preact/hooks";
import { CheckDoor } from "../../live/check/CheckDoor";
import { Reflect } from "../../live/Reflect";
import { Works } from "../../live/Works";
import { Refused, useLesson, useNow } from "../../live/hooks";
import { headsOf, presenceOf } from "../../live/sites";
import { AfterRecording } from "../../live/recording/Recording";
import { RoomStock } from "../../live/stock/rooms";
import { t } from "../../live/words";
import { mayContinue } from "./Running";

interface CardProps {
  onLook: () => void;
}

export function BeforeCard({ onLook }: CardProps) {
  const lesson = useLesson();
  const now = useNow();
  const [isChecking, check] = useState(false);
  return (
    <div class="lead-card" role="group" aria-label={t("before")}>
      <h2>{lesson.props.title}</h2>
      {!isChecking && <ul class="who">
        {lesson.props.sites.map((site) => {
          const presence = presenceOf(lesson, site.position, now);
          const words = site.is_lead && presence.kind === "partly" ? t("own_screen_missing") : presence.words;
          return (
            <li key={site.position}>
              <span>{site.school} {site.class_name}</span>
              <span class="who-states">
                <span class={`state state-${presence.kind === "there" ? "ok" : presence.kind === "partly" ? "busy" : "warn"}`}>{words}</span>
                <RoomStock site={site.position} />
              </span>
            </li>
          );
        })}
      </ul>}
      {!isChecking && <p class="muted small">{t("before_hint")}</p>}
      {!isChecking && <div class="actions">
        <button type="button" class="btn btn-primary btn-large" onClick={() => lesson.act("phase", "lesson:start")}>{t("start")}</button>
        <button type="button" class="btn btn-quiet" onClick={onLook}>{t("look_first")}</button>
      </div>}
      <CheckDoor onOpen={check} />
      <Refused of="phase" />
    </div>
  );
}

export function AfterCard({ onLook }: CardProps) {
  const lesson = useLesson();
  const now = useNow();
  const { state } = lesson;
  const strokes = Object.values(state.pages).reduce((sum, page) => sum + page.length, 0);
  const minutes = state.started_at && state.ended_at ? Math.max(1, Math.round((state.ended_at - state.started_at) / 60_000)) : 0;
  const polls = Object.keys(state.polls).length;
  const [shown, show] = useState<"works" | "reflect" | null>(null);
  const silent = state.photos.filter((photo) => photo.comments.length === 0).length;
  if (shown !== null) {
    return (
      <div class="lead-card lead-card-tall" role="group" aria-label={t(`after_${shown}`)}>
        <header><h2>{t(`after_${shown}`)}</h2><button type="button" class="btn btn-quiet" onClick={() => show(null)}>{t("back")}</button></header>
        {shown === "works" ? <Works /> : <Reflect onDone={() => show(null)} />}
      </div>
    );
  }
  return (
    <div class="lead-card" role="group" aria-label={t("after")}>
      <h2>{t("after")}</h2>
      <p>{t("after_sum", { minutes, polls, photos: state.photos.length, strokes })}</p>
      <ul class="who">
        {lesson.props.sites.map((site) => {
          const report = state.reports[String(site.position)];
          const heads = headsOf(lesson, site.position);
          const facts = [t("turns", { n: lesson.activity.turns(site.position) })];
          if (heads.isCounted) facts.unshift(t("heads", { n: heads.count }));
          if (report) facts.push(t(`went_${report.went}` as "went_well"));
          return (
            <li key={site.position}>
              <span>{site.school} {site.class_name}{report?.text && <small class="muted">{report.text}</small>}</span>
              <span class="muted">{facts.join(" · ")}</span>
            </li>
          );
        })}
      </ul>
      {silent > 0 && <p class="note note-warn">{t("works_silent", { n: silent })}</p>}
      <AfterRecording />
      <div class="actions">
        <button type="button" class={`btn ${silent > 0 ? "btn-primary" : "btn-plain"}`} onClick={() => show("works")}>{t("after_works")}</button>
        <button type="button" class="btn btn-plain" onClick={() => show("reflect")}>{t(state.reflections[lesson.seat] ? "reflect_again" : "after_reflect")}</button>
        <a class={`btn ${silent > 0 ? "btn-plain" : "btn-primary"}`} href="/">{t("leave")}</a>
        {mayContinue(state.ended_at, now) && <button type="button" class="btn btn-plain" onClick={() => lesson.act("phase", "lesson:start")}>{t("continue")}</button>}
        <button type="button" class="btn btn-quiet" onClick={onLook}>{t("look_back")}</button>
      </div>
      <Refused of="phase" />
    </div>
  );
}
