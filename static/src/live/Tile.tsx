/** A class from afar as the lead sees it: its picture, whether it is there, how it hears, who wants to speak. */
import { DocumentSmall } from "./DocumentCamera";
import { useLesson, useNow } from "./hooks";
import { LineChoice } from "./LineChoice";
import { MediaPlace } from "./MediaPlace";
import type { Site } from "./props";
import { headsOf, presenceOf, rungWords, silence } from "./sites";
import { RoomStock } from "./stock/rooms";
import { t } from "./words";

interface TileProps {
  site: Site;
  /** `stage` is large, `row` one line beside it. */
  look: "plain" | "stage" | "row";
  onStage?: (site: number | null) => void;
  /** What its document camera shows is to be seen large, or (null) no longer; without it none is shown. */
  onDocument?: (site: number | null) => void;
  isDocument?: boolean;
}

/** Shorter than this nobody needs to be told. */
const SHOWN_SILENT_MINUTES = 2;

export function Tile({ site, look, onStage, onDocument, isDocument = false }: TileProps) {
  const lesson = useLesson();
  const now = useNow();
  const { position } = site;
  const presence = presenceOf(lesson, position, now);
  const heads = headsOf(lesson, position);
  const hands = lesson.state.hands.filter((hand) => hand.site === position && !hand.called_at).length;
  const silent = Math.floor(silence(lesson, position, now) / 60_000);
  const rung = rungWords(lesson, position);
  const isStage = lesson.state.stage?.site === position;
  const score = lesson.state.scores[String(position)];
  const canStage = onStage && lesson.state.phase !== "ended";
  return (
    <section class={`tile tile-${look} is-${presence.kind}`} aria-label={`${site.school}${site.class_name}`}>
      <MediaPlace site={position} words={t(presence.kind === "there" || presence.kind === "partly" ? "no_picture" : "nobody_there")} />
      {onDocument && <DocumentSmall site={position} isLarge={isDocument} onEnlarge={onDocument} />}
      <div class="tile-words">
        <h3>{site.school} <span>{site.class_name}</span></h3>
        <p class="tile-facts">
          <span class={`state state-${TONES[presence.kind]}`}>{presence.words}</span>
          {rung && <span>{rung}</span>}
          <RoomStock site={position} />
          {(heads.isCounted || heads.count > 0) && <span>{t(heads.isCounted ? "heads" : "heads_planned", { n: heads.count })}</span>}
          {hands > 0 && <strong class="tile-hands">{t("hands_up", { n: hands })}</strong>}
          {silent >= SHOWN_SILENT_MINUTES && <span class="tile-silent">{t("silent_for", { n: silent })}</span>}
          {score !== undefined && <span>{t("score", { n: score })}</span>}
        </p>
      </div>
      {canStage && (
        <div class="tile-acts">
          {presence.kind !== "never" && look !== "row" && <LineChoice site={position} isBare />}
          <button type="button" class={`btn ${isStage ? "btn-primary" : "btn-plain"} stage-button`} aria-pressed={isStage} onClick={() => onStage(isStage ? null : position)}>
            {t(isStage ? "stage_leave" : "stage_take")}
          </button>
        </div>
      )}
    </section>
  );
}

const TONES = { there: "ok", partly: "busy", lost: "danger", never: "none" } as const;
