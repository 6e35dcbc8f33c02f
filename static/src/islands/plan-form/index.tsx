/** Island `plan-form`: a structured plan written alone, saved into a draft from the first word. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { PlanForm, type PlanFormProps } from "./PlanForm";

defineIsland<PlanFormProps>("plan-form", (element, props) => {
  render(<PlanForm {...props} />, element);
  return () => render(null, element);
});
