/** The classes of a lesson that is only watched: how many are there, and each in a line, those first who miss something. */
import "../../styles/cast.scss";
import { useLesson, useNow } from "../../live/hooks";
import type { Site } from "../../live/props";
import { headsOf, watchOf, type Watch } from "../../live/sites";
import { t } from "../../live/words";

/** Of a hundred classes these are shown; those who miss something are among them first. */
const MOST_NAMED = 24;
const ORDER: Record<Watch["kind"], number> = { lost: 0, never: 1, boards: 2, coming: 3, there: 4 };
const TONES = { lost: "danger", never: "none", boards: "warn", coming: "busy", there: "ok" } as const;

export function Watchers({ sites }: { sites: readonly Site[] }) {
  const lesson = useLesson();
  const now = useNow();
  const { state, props } = lesson;
  const rooms = sites
    .map((site) => ({ site, watch: watchOf(lesson, site.position, now), heads: headsOf(lesson, site.position).count }))
    .sort((one, other) => ORDER[one.watch.kind] - ORDER[other.watch.kind] || one.site.position - other.site.position);
  const there = rooms.filter(({ watch }) => watch.kind !== "lost" && watch.kind !== "never").length;
  const heads = rooms.reduce((sum, room) => sum + room.heads, 0);
  const way = !props.can_cast ? "cast_none" : state.route === "star" ? "watchers_no_cast" : "watchers_late";
  return (
    <section class="watchers" aria-label={t("watchers")}>
      <h2>{t("watchers_there", { n: there, all: rooms.length })}</h2>
      {heads > 0 && <p>{t("watchers_heads", { n: heads })}</p>}
      <p class="muted">{t(way)}</p>
      {rooms.length === 0 && <p class="muted">{t("tiles_none")}</p>}
      <ul>
        {rooms.slice(0, MOST_NAMED).map(({ site, watch }) => (
          <li key={site.position}>
            <span>{site.school} <small>{site.class_name}</small></span>
            <span class={`state state-${TONES[watch.kind]}`}>{watch.words}</span>
          </li>
        ))}
      </ul>
      {rooms.length > MOST_NAMED && <p class="muted">{t("watchers_more", { n: rooms.length - MOST_NAMED })}</p>}
    </section>
  );
}
