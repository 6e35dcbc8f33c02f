/** The structured plan of the draft: the way to write one, or what is written so far. */
import { Icon } from "../../shared/icon";
import type { DraftPlan } from "./draft";
import { t } from "./words";

/** Kinds that may hold a plan written online; until one is chosen any may be meant. */
export const PLANNED: readonly string[] = ["", "lesson_plan", "unit_plan", "lesson_pack"];

export function PlanRow({ plan, onWrite }: { plan: DraftPlan | null; onWrite: () => void }) {
  const minutes = (plan?.steps ?? []).reduce((sum, step) => sum + (step.minutes ?? 0), 0);
  return (
    <div class="panel upload-plan">
      <Icon name="lesson_plan" />
      <div class="row-main">
        <div class="row-title">{plan ? t("plan_online") : t("plan_offer")}</div>
        <div class="row-sub">{plan ? t("plan_facts", { steps: plan.steps?.length ?? 0, minutes }) : t("plan_offer_note")}</div>
      </div>
      <button type="button" class="btn btn-plain" onClick={onWrite}>{plan ? t("plan_go_on") : t("plan_write")}</button>
    </div>
  );
}
