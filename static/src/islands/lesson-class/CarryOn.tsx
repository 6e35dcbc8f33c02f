/**
 * 接着上: what a class does when its line has been away for a minute. The slide that was shown says where the
 * lesson was; a small lesson that was loaded beforehand may stand in the slot.
 */
import { useLesson } from "../../live/hooks";
import { span, t } from "../../live/words";

export function CarryOn() {
  const lesson = useLesson();
  const { shown } = lesson;
  const deck = lesson.slides.deck(shown.deck)?.title;
  return (
    <section class="carry-on" role="alert">
      <h2>{t("carry_on")}</h2>
      <p class="carry-on-where">{deck ? t("carry_on_slide", { deck, n: shown.page }) : t("carry_on_topic", { title: lesson.props.title })}</p>
      <ol>
        <li>{t("carry_on_1")}</li>
        <li>{t("carry_on_2")}</li>
        <li>{t("carry_on_3")}</li>
      </ol>
      <div data-slot="micro-lesson" />
      <p class="carry-on-line">{t("carry_on_line", { time: span(Date.now() - lesson.client.lineSince) })}{lesson.props.help && ` ${t("carry_on_help", { help: lesson.props.help })}`}</p>
    </section>
  );
}
