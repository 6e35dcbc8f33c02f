/** Island `plan-sheet`: on a plan that is read, formulas become pictures of themselves and the button prints. */
import { defineIsland } from "../../shared/mount";
import "../../styles/plans.scss";
import { drawFormula } from "../plan-editor/formulas.ts";

defineIsland("plan-sheet", () => {
  for (const place of document.querySelectorAll<HTMLElement>("[data-formula]")) drawFormula(place, place.dataset["formula"]!);
  const print = (event: Event): void => void ((event.target as Element).closest("[data-prints]") && window.print());
  document.addEventListener("click", print);
  return () => document.removeEventListener("click", print);
});
