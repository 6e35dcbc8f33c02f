/** How much the line of a class may carry: by itself, or no more than somebody chose, at either end. */
import { useLesson, Refused } from "./hooks";
import { nameOf } from "./props";
import { t, type Word } from "./words";

const CHOICES: readonly (readonly [string, Word])[] = [
  ["", "limit_none"], ["video180", "limit_video180"], ["still", "limit_still"], ["audio24", "limit_audio24"], ["audio12", "limit_audio12"], ["text", "limit_text"],
];

export function LineChoice({ site, isBare = false }: { site: number; isBare?: boolean }) {
  const lesson = useLesson();
  const chosen = lesson.state.limits[String(site)] ?? "";
  const label = t("limit_label", { name: nameOf(lesson.props.sites, site) });
  const choose = (rung: string): void => void lesson.act(`limit${site}`, "link:limit", { site, rung: rung || null });
  return (
    <>
      <label class={isBare ? "line-choice" : "field"}>
        <span class={isBare ? "hidden-words" : "form-label"}>{label}</span>
        <select class="form-select" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {CHOICES.map(([rung, word]) => <option key={rung} value={rung}>{t(word)}</option>)}
        </select>
      </label>
      <Refused of={`limit${site}`} />
    </>
  );
}
