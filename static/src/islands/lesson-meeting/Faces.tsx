/** Who takes part: picture, name, whether they are there, who would like to speak, who has the screen. */
import { useLesson, useNow } from "../../live/hooks";
import { MediaPlace } from "../../live/MediaPlace";
import type { Site } from "../../live/props";
import { presenceOf, rungWords } from "../../live/sites";
import { t } from "../../live/words";

interface FacesProps {
  own: number;
  isHost: boolean;
}

export function Faces({ own, isHost }: FacesProps) {
  const { props } = useLesson();
  return (
    <ul class="attendees">
      {props.sites.map((site) => <Face key={site.position} site={site} isOwn={site.position === own} isHost={isHost} />)}
    </ul>
  );
}

function Face({ site, isOwn, isHost }: { site: Site; isOwn: boolean; isHost: boolean }) {
  const lesson = useLesson();
  const now = useNow();
  const { state } = lesson;
  const { position } = site;
  const presence = presenceOf(lesson, position, now);
  const hand = state.hands.find((one) => one.site === position);
  const hasScreen = state.stage?.site === position;
  const isOn = state.phase === "running" || state.phase === "paused";
  const rung = isOwn ? "" : rungWords(lesson, position);
  const raise = (): void => void (hand ? lesson.act("hand", "hand:lower", { hand: hand.id }) : lesson.act("hand", "hand:raise", { site: position }));
  return (
    <li class={`attendee is-${presence.kind} ${hasScreen ? "has-screen" : ""}`}>
      {!isOwn && <MediaPlace site={position} words={t(presence.kind === "never" || presence.kind === "lost" ? "nobody_there" : "no_picture")} />}
      <div class="attendee-words">
        <h3>{site.class_name} <small class="muted">{isOwn ? t("meeting_you") : site.school}</small></h3>
        <p class="small">
          {hand && <strong class="tile-hands">{t("meeting_hand")} </strong>}
          {hasScreen && <strong>{t("meeting_screen")} </strong>}
          {!isOwn && <span class="muted">{presence.kind === "partly" ? t("meeting_there") : presence.words}{rung && ` · ${rung}`}</span>}
        </p>
      </div>
      {isOn && isOwn && !isHost && <button type="button" class="btn btn-plain" aria-pressed={hand !== undefined} onClick={raise}>{t(hand ? "meeting_hand_down" : "meeting_hand_up")}</button>}
      {isOn && isHost && !isOwn && hand && <button type="button" class="btn btn-plain" onClick={() => lesson.act("hand", "hand:lower", { hand: hand.id })}>{t("meeting_heard")}</button>}
      {isOn && isHost && !isOwn && <button type="button" class="btn btn-quiet" aria-pressed={hasScreen} onClick={() => lesson.act("stage", "stage:set", { site: hasScreen ? null : position })}>{t(hasScreen ? "meeting_take_back" : "meeting_hand_over")}</button>}
    </li>
  );
}
