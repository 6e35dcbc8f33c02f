/** Sound and picture of the assistant's class, which its screen carries: how they are, talking from afar, how much the line may carry. */
import { useLesson } from "../../live/hooks";
import { LineChoice } from "../../live/LineChoice";
import { RouteWords } from "../../live/RouteWords";
import { rungWords } from "../../live/sites";
import { TalkFromAfar } from "../../live/Talk";
import { t } from "../../live/words";

export function RoomMedia({ site }: { site: number }) {
  const lesson = useLesson();
  const own = lesson.state.media[String(site)];
  const rung = rungWords(lesson, site);
  return (
    <div class="sheet-form">
      <TalkFromAfar site={site} />
      <ul class="room-media">
        <li>{t("device_mic")}<span class={`state state-${own?.mic ? "ok" : "warn"}`}>{t(own?.mic ? "device_works" : "device_away")}</span></li>
        <li>{t("device_camera")}<span class={`state state-${own?.camera ? "ok" : "warn"}`}>{t(own?.camera ? "device_works" : "device_away")}</span></li>
        {rung && <li>{t("line")}<span>{rung}</span></li>}
      </ul>
      <RouteWords />
      <LineChoice site={site} />
    </div>
  );
}
