/**
 * A research meeting: what is talked about on the left, who is there and what was said on the right.
 *
 * Whoever called it turns the pages and ends it; everybody writes on them, speaks, and keeps the minutes.
 */
import { useEffect, useState } from "preact/hooks";
import { Board } from "../../live/Board";
import { Chat } from "../../live/Chat";
import { Refused, useLesson } from "../../live/hooks";
import type { Tool, Writing } from "../../live/ink";
import { followClicker } from "../../live/keys";
import { MediaControls } from "../../live/MediaControls";
import { siteOf } from "../../live/props";
import { RouteWords } from "../../live/RouteWords";
import { Strip } from "../../live/Strip";
import { Tools } from "../../live/Tools";
import { TopLine } from "../../live/TopLine";
import { keepAwake } from "../../live/wake";
import { t } from "../../live/words";
import { Running } from "../lesson-lead/Running";
import { Faces } from "./Faces";
import { Minutes } from "./Minutes";
import { Choice, Papers, papers } from "./Papers";

export function Meeting() {
  const lesson = useLesson();
  const { state, props } = lesson;
  const [tool, setTool] = useState<Tool>({ kind: "none", colour: 1, width: 4 });
  const [writing, setWriting] = useState<Writing | null>(null);
  // The plan that is talked about lies over the board first; whoever turns pages goes back to the board.
  const [isReading, read] = useState(papers() !== null);
  const isHost = lesson.seat === "lead";
  const own = siteOf(lesson.seat) ?? 0;
  const isOver = state.phase === "ended";
  const mayTurn = isHost || state.stage?.site === own;
  const turns = mayTurn && !isReading;
  useEffect(() => (turns ? followClicker((step) => lesson.turn(lesson.slides.beside(lesson.shown, step))) : undefined), [lesson, turns]);
  useEffect(keepAwake, []);
  return (
    <div class={`meeting ${isReading ? "is-reading" : ""}`}>
      <TopLine>
        {papers() && <Choice isReading={isReading} read={read} />}
        <MediaControls />
        {isHost && <Running hasCard={false} />}
      </TopLine>
      <div class="meeting-board">
        <Board tool={isOver ? { ...tool, kind: "none" } : tool} onWriting={setWriting} />
        {papers() && <Papers isShown={isReading} />}
      </div>
      {!isOver && !isReading && <div class="meeting-tools"><Tools tool={tool} writing={writing} onTool={setTool} canClear={isHost} /></div>}
      {(turns || (isOver && !isReading)) && <div class="meeting-strip"><Strip /></div>}
      <aside class="meeting-side">
        {state.phase === "planned" && <p class="note" role="status">{t(isHost ? "meeting_begin" : "meeting_wait", { name: props.lead })}</p>}
        <RouteWords />
        <Faces own={own} isHost={isHost} />
        <Refused of="stage" />
        <section class="meeting-part" aria-label={t("minutes_of")}><h2>{t("minutes_of")}</h2><Minutes /></section>
        <section class="meeting-part" aria-label={t("chat")}><h2>{t("chat")}</h2><Chat canSay /></section>
      </aside>
    </div>
  );
}
