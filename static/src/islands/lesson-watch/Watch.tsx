/**
 * Sitting in: the board, the classes, and what happened, counted by end. Nobody in the lesson sees that
 * somebody watches. A technician has the same page with calls for help and the words between the adults.
 */
import { Board } from "../../live/Board";
import { Chat, Helps } from "../../live/Chat";
import { Refused, useLesson } from "../../live/hooks";
import { MediaPlace } from "../../live/MediaPlace";
import { lastPoll, PollBars } from "../../live/Poll";
import { Reflections } from "../../live/Reflect";
import { Tile } from "../../live/Tile";
import { TopLine } from "../../live/TopLine";
import { Wall } from "../../live/Wall";
import { t } from "../../live/words";
import { Ends, Timeline } from "./Happened";

export function Watch() {
  const lesson = useLesson();
  const { props, state } = lesson;
  const isTech = lesson.seat === "tech";
  const poll = lastPoll(state);
  return (
    <div class="watch">
      <TopLine>
        {!isTech && <a class="btn btn-plain" href={`/observe?lesson=${props.lesson}`} target="_blank" rel="noopener">{t("observe")}</a>}
        {isTech && (state.phase === "running" || state.phase === "paused") && (
          <div class="running">
            <button type="button" class="btn btn-plain" onClick={() => lesson.act("phase", "lesson:end")}>{t("end")}</button>
            <Refused of="phase" />
          </div>
        )}
      </TopLine>
      <div class="watch-board"><Board /><Wall /></div>
      <aside class="watch-side">
        <section class="watch-lead" aria-label={t("by_lead", { name: props.lead })}>
          <MediaPlace site={0} words={t("no_picture")} />
          <p>{t("by_lead", { name: props.lead })}</p>
        </section>
        {isTech && <section class="watch-part"><h2>{t("helps")}</h2><Helps />{state.helps.length === 0 && <p class="muted">{t("helps_none")}</p>}</section>}
        <section class="watch-part watch-tiles">
          {props.sites.filter((site) => !site.is_lead).map((site) => <Tile key={site.position} site={site} look="row" />)}
        </section>
        {poll && <section class="watch-part"><h2>{poll.question}</h2><PollBars poll={poll} bySite /></section>}
        <section class="watch-part"><h2>{t("by_end")}</h2><Ends /></section>
        {Object.keys(state.reflections).length > 0 && <section class="watch-part"><h2>{t("reflections")}</h2><Reflections /></section>}
        <section class="watch-part"><h2>{t("timeline")}</h2><Timeline /></section>
        {isTech && <section class="watch-part"><h2>{t("sheet_chat")}</h2><Chat canSay canShow /></section>}
      </aside>
    </div>
  );
}
