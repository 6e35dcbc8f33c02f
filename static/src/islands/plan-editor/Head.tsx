/** What stands above the text: the title, where what is written is, who is here, and whether the minutes add up. */
import type { ComponentChildren } from "preact";
import { Icon } from "../../shared/icon";
import { Line } from "./Line";
import { useChanges, useStore } from "./store.ts";
import { t } from "./words";

export function Head() {
  const { plan } = useStore();
  return (
    <header class="plan-top">
      <Line line={plan.line("title")} id="plan-title" label={t("title")} place="title" class="plan-title" placeholder={t("title")} />
      <Truth />
      <People />
      <label class="plan-periods"><span>{t("periods")}</span><Line line={plan.line("periods")} id="plan-periods" label={t("periods")} place="periods" placeholder={t("periods_hint")} /></label>
      <Bar />
    </header>
  );
}

function Truth() {
  const store = useStore();
  const { truth, refusal } = store.line;
  if (truth === "shut") return <Told tone="danger">{refusal?.message || t("signed_out")}{store.line.isBehind && ` ${t("still_here")}`}</Told>;
  if (refusal) return <Told tone="danger">{refusal.message} {t("not_saved")}</Told>;
  if (store.standing.state === "closed") return <Told tone="">{t("closed")}</Told>;
  if (store.standing.part === "commenter") return <Told tone="">{t("commenter")}</Told>;
  if (truth === "cut") return <Told tone="warn">{t(store.isKept ? "cut" : "cut_unkept")}</Told>;
  return <Told tone={truth === "saved" ? "ok" : ""}>{t(truth)}</Told>;
}

function Told({ tone, children }: { tone: string; children: ComponentChildren }) {
  return <p class={`plan-truth ${tone && `is-${tone}`}`} role="status" data-truth={tone}>{children}</p>;
}

function People() {
  const people = useStore().people();
  if (people.length === 0) return null;
  return (
    <ul class="plan-people" aria-label={t("people")}>
      {people.map((person) => <li key={person.client} class={`tone-${person.tone}`}><Icon name="person" />{person.name}</li>)}
    </ul>
  );
}

/** The minutes of the stages as a bar; what does not add up is said and nothing more. */
function Bar() {
  const { plan, props } = useStore();
  useChanges(plan.steps);
  const stages = plan.stages().filter(({ row }) => Number(row.get("minutes")) > 0);
  const sum = plan.minutes();
  const length = Math.max(sum, props.period_minutes);
  const rest = props.period_minutes - sum;
  const words = rest > 0 ? t("rest", { n: rest }) : rest < 0 ? t("over", { n: -rest }) : t("fits");
  return (
    <div class="plan-bar">
      <p>{t("planned", { n: sum, of: props.period_minutes })} <span class={rest === 0 ? "muted" : "plan-off"}>{words}</span></p>
      <div class="plan-bar-line" aria-hidden="true">
        {stages.map(({ id, row }) => <span key={id} style={{ width: `${(Number(row.get("minutes")) / length) * 100}%` }} />)}
      </div>
    </div>
  );
}
