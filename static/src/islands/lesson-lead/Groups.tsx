/** Groups of each class, as numbers, and points that classes give and take; no names of pupils. */
import { useState } from "preact/hooks";
import { Refused, useLesson } from "../../live/hooks";
import { nameOf } from "../../live/props";
import { Stepper } from "../../live/Stepper";
import { t } from "../../live/words";

const MOST_GROUPS = 16;

export function Groups() {
  const lesson = useLesson();
  const { state, props } = lesson;
  const [count, setCount] = useState(4);
  const groups = Array.from({ length: count }, (_, at) => t("group_name", { n: at + 1 }));
  const form = (): void => {
    for (const site of props.sites) lesson.act("groups", "group:form", { site: site.position, groups });
  };
  return (
    <div class="sheet-form">
      <p class="form-label">{t("points")}</p>
      <ul class="points">
        {props.sites.map((site) => (
          <li key={site.position}>
            <span>{nameOf(props.sites, site.position)}</span>
            <button type="button" class="stepper-step" aria-label={t("point_less", { name: nameOf(props.sites, site.position) })} onClick={() => lesson.act("points", "score:give", { site: site.position, points: -1 })}>−</button>
            <strong>{state.scores[String(site.position)] ?? 0}</strong>
            <button type="button" class="stepper-step" aria-label={t("point_more", { name: nameOf(props.sites, site.position) })} onClick={() => lesson.act("points", "score:give", { site: site.position, points: 1 })}>+</button>
          </li>
        ))}
      </ul>
      <Refused of="points" />
      <Stepper label={t("groups_each")} value={count} most={MOST_GROUPS} onChange={(value) => setCount(Math.max(1, value))} />
      <button type="button" class="btn btn-plain" onClick={form}>{t("groups_form", { n: count })}</button>
      {Object.keys(state.groups).length > 0 && <p class="muted small" role="status">{t("groups_formed")}</p>}
      <Refused of="groups" />
    </div>
  );
}
