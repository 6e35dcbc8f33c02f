/** What came from the classes on paper: photos of work, the exit ticket, and how many understood. */
import { useLesson } from "../../live/hooks";
import { Photo } from "../../live/Photo";
import { nameOf } from "../../live/props";
import { t } from "../../live/words";

export function Works() {
  const lesson = useLesson();
  const { photos, tickets, moods } = lesson.state;
  const { sites } = lesson.props;
  const isEmpty = photos.length === 0 && Object.keys(tickets).length === 0 && Object.keys(moods).length === 0;
  return (
    <div class="sheet-form">
      {isEmpty && <p class="muted">{t("works_empty")}</p>}
      {Object.entries(moods).map(([site, { counts }]) => (
        <p key={site}>{nameOf(sites, Number(site))}：{t("mood_counts", { yes: counts[0] ?? 0, half: counts[1] ?? 0, no: counts[2] ?? 0 })}</p>
      ))}
      {Object.entries(tickets).map(([item, bySite]) => (
        <p key={item}>
          <strong>{t("ticket_item", { n: item })}</strong>{" "}
          {Object.entries(bySite).map(([site, [right, wrong]]) => t("ticket_of", { name: nameOf(sites, Number(site)), right, wrong })).join(" · ")}
        </p>
      ))}
      {photos.length > 0 && (
        <ul class="photos">
          {[...photos].reverse().map((photo) => <li key={photo.id}><Photo asset={photo.asset} words={nameOf(sites, photo.site)} /></li>)}
        </ul>
      )}
    </div>
  );
}
