/**
 * 接着上: what a class does when its line has been away for a minute. The slide that was shown says where the
 * lesson was; below it stands what the teachers wrote for this case, and their micro lesson, which lies on this device.
 */
import { useEffect, useState } from "preact/hooks";
import { useLesson } from "../../live/hooks";
import { canGive, heldFiles, stockOf } from "../../live/stock/shelf";
import type { LocalPlan } from "../../live/stock/types";
import { span, t } from "../../live/words";

interface Here {
  plan: LocalPlan | null;
  /** Where the micro lesson can be played from; null when it is not on this device. */
  film: string | null;
}

export function CarryOn() {
  const lesson = useLesson();
  const here = useHere(lesson.props.lesson);
  const [isPlaying, play] = useState(false);
  const { shown } = lesson;
  const deck = lesson.slides.deck(shown.deck)?.title;
  if (isPlaying && here?.film) return <Film src={here.film} title={here.plan?.title ?? ""} onClose={() => play(false)} />;
  return (
    <section class="carry-on" role="alert">
      <h2>{t("carry_on")}</h2>
      <p class="carry-on-where">{deck ? t("carry_on_slide", { deck, n: shown.page }) : t("carry_on_topic", { title: lesson.props.title })}</p>
      {here?.plan?.text ? <p class="carry-on-plan">{here.plan.text}</p> : <Usual hasFilm={Boolean(here?.film)} />}
      {here?.film && (
        <button type="button" class="carry-on-play" onClick={() => play(true)}>
          <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M8 5.5v13l10.5-6.5z" /></svg>
          {here.plan?.title ? t("carry_on_film_named", { title: here.plan.title }) : t("carry_on_film")}
        </button>
      )}
      {here?.plan?.micro_lesson && !here.film && <p class="carry-on-line">{t("carry_on_no_film")}</p>}
      <p class="carry-on-line">{t("carry_on_line", { time: span(Date.now() - lesson.client.lineSince) })}{lesson.props.help && ` ${t("carry_on_help", { help: lesson.props.help })}`}</p>
    </section>
  );
}

function Usual({ hasFilm }: { hasFilm: boolean }) {
  return (
    <ol>
      <li>{t("carry_on_1")}</li>
      {!hasFilm && <li>{t("carry_on_2")}</li>}
      <li>{t("carry_on_3")}</li>
    </ol>
  );
}

/** The film over the whole screen; when the line is back the lesson takes its place by itself. */
function Film({ src, title, onClose }: { src: string; title: string; onClose: () => void }) {
  return (
    <section class="carry-on-film" aria-label={title || t("carry_on_film")}>
      <video src={src} controls autoPlay playsInline onEnded={onClose} />
      <button type="button" class="btn btn-plain" onClick={onClose}>{t("carry_on_back")}</button>
    </section>
  );
}

function useHere(lesson: string): Here | null {
  const [here, find] = useState<Here | null>(null);
  useEffect(() => {
    void Promise.all([stockOf(lesson), heldFiles()]).then(([stock, held]) => {
      const film = stock?.files.find((file) => file.piece === "micro_lesson" && held.has(file.sha256) && canGive());
      find({ plan: stock?.plan ?? null, film: film && stock?.plan?.film ? stock.plan.film : null });
    }, () => undefined);
  }, [lesson]);
  return here;
}
