/** What came from the classes on paper: photos of work with teachers' words, the exit ticket, how many understood. */
import { useState } from "preact/hooks";
import { seatName } from "./Chat";
import { Refused, useLesson } from "./hooks";
import { Photo } from "./Photo";
import { nameOf } from "./props";
import type { Work } from "./state";
import { t } from "./words";

const LONGEST_COMMENT = 500;

export function Works({ onShow }: { onShow?: () => void }) {
  const lesson = useLesson();
  const { photos, tickets, moods, phase, wall } = lesson.state;
  const mayShow = onShow && lesson.seat === "lead" && photos.length > 0 && !wall && (phase === "running" || phase === "paused");
  const { sites } = lesson.props;
  const isEmpty = photos.length === 0 && Object.keys(tickets).length === 0 && Object.keys(moods).length === 0;
  const silent = photos.filter((photo) => photo.comments.length === 0).length;
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
      {lesson.state.phase === "ended" && photos.length > 0 && <p class="muted small" role="status">{silent > 0 ? t("works_silent", { n: silent }) : t("works_answered")}</p>}
      {mayShow && (
        <button type="button" class="btn btn-primary" onClick={() => { lesson.act("wall", "works:show", { photo: null }); onShow?.(); }}>{t("wall_show")}</button>
      )}
      {photos.length > 0 && (
        <ul class="photos">
          {[...photos].reverse().map((photo) => <li key={photo.id}><Photo asset={photo.asset} words={nameOf(sites, photo.site)} /><Comments work={photo} /></li>)}
        </ul>
      )}
    </div>
  );
}

/** Words of teachers on one work; they go back with the photo to the class. */
function Comments({ work }: { work: Work }) {
  const lesson = useLesson();
  const [text, setText] = useState("");
  const control = `comment-${work.id}`;
  const may = lesson.seat === "lead" || lesson.seat.startsWith("assist:");
  const send = (event: Event): void => {
    event.preventDefault();
    if (!text.trim()) return;
    lesson.act(control, "work:comment", { photo: work.id, text: text.trim() });
    setText("");
  };
  return (
    <div class="work-words">
      {work.comments.map((one) => <p key={one.id} class="small">{one.text} <span class="muted">{seatName(one.by, lesson.props)}</span></p>)}
      {may && (
        <form onSubmit={send}>
          <input class="form-control" aria-label={t("comment_on", { name: nameOf(lesson.props.sites, work.site) })} placeholder={t("comment")} maxLength={LONGEST_COMMENT} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          {text.trim() && <button class="btn btn-plain">{t("comment_send")}</button>}
        </form>
      )}
      <Refused of={control} />
    </div>
  );
}
