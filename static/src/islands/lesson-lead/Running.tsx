/** Beginning, pausing, prolonging and ending. An end by mistake is taken back by going on, so nothing is asked. */
import { Refused, useLesson, useNow } from "../../live/hooks";
import { t } from "../../live/words";

const MINUTES = 5;
/** As the server has it: so long after its end a lesson may go on. */
const AGAIN_MS = 15 * 60_000;

/** Whether a lesson that was ended may still be continued. */
export function mayContinue(endedAt: number | null, now: number): boolean {
  return endedAt !== null && now - endedAt < AGAIN_MS;
}

/** `hasCard`: the card over the board has the one button that matters now. */
export function Running({ hasCard }: { hasCard: boolean }) {
  const lesson = useLesson();
  const now = useNow();
  const { phase, ended_at } = lesson.state;
  const { is_meeting } = lesson.props;
  const act = (name: string, data?: Record<string, unknown>) => (): void => void lesson.act("phase", name, data);
  return (
    <div class="running">
      {phase === "planned" && !hasCard && <button type="button" class="btn btn-primary" disabled={lesson.line === "connecting"} onClick={act("lesson:start")}>{t(is_meeting ? "meeting_start" : "start")}</button>}
      {phase === "ended" && !hasCard && mayContinue(ended_at, now) && <button type="button" class="btn btn-plain" onClick={act("lesson:start")}>{t("continue")}</button>}
      {phase === "paused" && <button type="button" class="btn btn-primary" onClick={act("lesson:resume")}>{t("resume")}</button>}
      {phase === "running" && <button type="button" class="btn btn-plain" onClick={act("lesson:pause")}>{t("pause")}</button>}
      {(phase === "running" || phase === "paused") && (
        <>
          <button type="button" class="btn btn-plain" onClick={act("lesson:extend", { minutes: MINUTES })}>{t("extend", { n: MINUTES })}</button>
          <button type="button" class="btn btn-plain" onClick={act("lesson:end")}>{t(is_meeting ? "meeting_end" : "end")}</button>
        </>
      )}
      {!hasCard && <Refused of="phase" />}
    </div>
  );
}
