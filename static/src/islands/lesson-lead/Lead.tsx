/**
 * The lead's panel: the board in the middle, the classes from afar to the right, tools and slides below.
 *
 * Rule: the classes keep a quarter of the screen whatever is open; what opens lies over the board.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Board } from "../../live/Board";
import { DocumentLarge, DocumentSmall } from "../../live/DocumentCamera";
import { Refused, useLesson } from "../../live/hooks";
import type { Tool, Writing } from "../../live/ink";
import { followClicker } from "../../live/keys";
import { MediaControls } from "../../live/MediaControls";
import { VoiceButton } from "../../live/Voice";
import { hasCamera, shownToAll } from "../../live/media/cameras";
import { receivers } from "../../live/props";
import { RecordControl, RecordingContext, useRecordingDesk } from "../../live/recording/Recording";
import { Strip } from "../../live/Strip";
import { Tile } from "../../live/Tile";
import { Tools } from "../../live/Tools";
import { TopLine } from "../../live/TopLine";
import { Wall } from "../../live/Wall";
import { keepAwake } from "../../live/wake";
import { t } from "../../live/words";
import { AfterCard, BeforeCard } from "./Ends";
import { Extras } from "./Extras";
import { Queue } from "./Queue";
import { Running } from "./Running";
import { Watchers } from "./Watchers";

export function Lead() {
  const lesson = useLesson();
  const { state, slides, shown } = lesson;
  const [tool, setTool] = useState<Tool>({ kind: "none", colour: 1, width: 4 });
  const [writing, setWriting] = useState<Writing | null>(null);
  const [isLooking, look] = useState(false);
  const isOver = state.phase === "ended";
  useEffect(() => followClicker((step) => lesson.turn(lesson.slides.beside(lesson.shown, step))), [lesson]);
  useEffect(keepAwake, []);
  const recording = useRecordingDesk();

  // Everybody sees the same first page, though nobody has turned one yet.
  const hasShown = useRef(false);
  const isFirst = lesson.line === "joined" && slides.isKnown && state.slide === null && state.phase !== "ended";
  useEffect(() => {
    if (!isFirst || hasShown.current) return;
    hasShown.current = true;
    lesson.turn(slides.first());
  }, [isFirst]);

  // The card shows what there is before and after a lesson, until somebody wants to see the slides alone.
  const hasCard = !isLooking && lesson.line !== "connecting" && (state.phase === "planned" || state.phase === "ended");
  useEffect(() => {
    if (state.phase === "running") look(false);
  }, [state.phase]);

  const onStage = (site: number | null): string => lesson.act("stage", "stage:set", { site });
  const [enlarged, enlarge] = useState<number | null>(null);
  const toAll = shownToAll(state);
  // What all are shown lies over the board here too, until it is put away here.
  useEffect(() => enlarge(toAll), [toAll]);
  const large = enlarged !== null && hasCamera(state, enlarged) ? enlarged : null;
  const far = receivers(lesson.props.sites);
  const staged = state.stage && state.stage.site !== 0 ? state.stage.site : null;
  const ordered = staged === null ? far : [...far].sort((one, other) => Number(other.position === staged) - Number(one.position === staged));
  return (
    <RecordingContext.Provider value={recording}>
    <div class={`lead-page ${lesson.props.is_watched ? "is-watched" : ""}`}>
      <TopLine><MediaControls /><RecordControl /><Running hasCard={hasCard} /></TopLine>
      <div class="lead-board">
        <Board tool={isOver ? { ...tool, kind: "none" } : tool} onWriting={setWriting} />
        <Wall mayTurn />
        {large !== null && <DocumentLarge site={large} onClose={() => enlarge(null)} />}
        {hasCard && state.phase === "planned" && <BeforeCard onLook={() => look(true)} />}
        {hasCard && state.phase === "ended" && <AfterCard onLook={() => look(true)} />}
      </div>
      <Queue onStage={onStage} />
      <div class="lead-tools">
        <div class="turner">
          <button type="button" class="tool" aria-label={t("previous")} onClick={() => lesson.turn(slides.beside(shown, -1))}>‹</button>
          <span class="turner-at" aria-live="polite">{pageWords(slides.deck(shown.deck)?.pages.length ?? 0, shown.page)}</span>
          <button type="button" class="tool" aria-label={t("next")} onClick={() => lesson.turn(slides.beside(shown, 1))}>›</button>
        </div>
        {!isOver && <Tools tool={tool} writing={writing} onTool={setTool} canClear />}
        <Extras />
      </div>
      <Strip />
      <div class="lead-side">
        {lesson.props.is_watched ? <Watchers sites={far} /> : <aside class={`tiles tiles-${Math.min(far.length, 4)} ${staged === null ? "" : "has-stage"}`} aria-label={t("tiles")}>
          {ordered.map((site) => (
            <Tile key={site.position} site={site} look={staged === null ? "plain" : site.position === staged ? "stage" : "row"} onStage={onStage} onDocument={enlarge} isDocument={large === site.position} />
          ))}
          {far.length === 0 && <p class="tiles-none">{t("tiles_none")}</p>}
          <Refused of="stage" />
        </aside>}
        {state.route === "star" && far.length > 1 && !isOver && !lesson.props.is_watched && <p class="tiles-note">{t("route_star")}</p>}
        <DocumentSmall site={0} isLarge={large === 0} onEnlarge={enlarge} />
        <VoiceButton />
      </div>
    </div>
    </RecordingContext.Provider>
  );
}

function pageWords(all: number, page: number): string {
  return all > 0 ? t("page_of", { n: page, all }) : t("page_blank", { n: page });
}
