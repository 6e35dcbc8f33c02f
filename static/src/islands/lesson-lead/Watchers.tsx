/** The classes of a lesson that is only watched: how many are there, and which are not; pictures of hundreds help nobody. */
import "../../styles/cast.scss";
import { useLesson, useNow } from "../../live/hooks";
import type { Site } from "../../live/props";
import { headsOf, presenceOf } from "../../live/sites";
import { t } from "../../live/words";

const MOST_NAMED = 24;

export function Watchers({ sites }: { sites: readonly Site[] }) {
  const lesson = useLesson();
  const now = useNow();
  const away = sites.filter((site) => ["never", "lost"].includes(presenceOf(lesson, site.position, now).kind));
  const heads = sites.reduce((sum, site) => sum + headsOf(lesson, site.position).count, 0);
  const { state, props } = lesson;
  const way = !props.can_cast ? "cast_none" : state.route === "star" ? "watchers_no_cast" : "watchers_late";
  return (
    <section class="watchers" aria-label={t("watchers")}>
      <h2>{t("watchers_there", { n: sites.length - away.length, all: sites.length })}</h2>
      {heads > 0 && <p>{t("watchers_heads", { n: heads })}</p>}
      <p class="muted">{t(way)}</p>
      {away.length > 0 && (
        <>
          <h3>{t("watchers_away")}</h3>
          <ul>{away.slice(0, MOST_NAMED).map((site) => <li key={site.position}>{site.school} {site.class_name}</li>)}</ul>
          {away.length > MOST_NAMED && <p class="muted">{t("watchers_more", { n: away.length - MOST_NAMED })}</p>}
        </>
      )}
    </section>
  );
}
