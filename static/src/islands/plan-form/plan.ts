/** The plan as the server keeps it (library/lesson_plan.py), defaults left out, and changes to its stages. Pure. */

export type Run = { text: string; bold?: boolean; underline?: boolean; resource?: string | null } | { formula: string };
export interface Paragraph {
  type?: "paragraph" | "bullet" | "numbered";
  runs?: Run[];
}
export interface Picture {
  type?: "picture";
  asset: string;
  alt?: string;
}
export type Block = Paragraph | Picture;
export type Column = "teacher" | "pupils" | "intent" | "village";

export interface Step {
  id: string;
  name?: string;
  minutes?: number | null;
  teacher?: Block[];
  pupils?: Block[];
  intent?: Block[];
  village?: Block[];
}

export interface Plan {
  title?: string;
  periods?: string;
  steps?: Step[];
  [section: string]: Block[] | Step[] | string | undefined;
}

export function isPicture(block: Block): block is Picture {
  return "asset" in block;
}

export function stepsOf(plan: Plan): Step[] {
  return plan.steps ?? [];
}

export function newStep(): Step {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return { id: `s${[...random].map((part) => part.toString(36)).join("")}` };
}

/** Put a stage where it is wanted; places outside are the ends. */
export function moved(steps: readonly Step[], from: number, to: number): Step[] {
  const others = steps.filter((_step, place) => place !== from);
  const step = steps[from];
  if (!step) return [...steps];
  const at = Math.min(Math.max(to, 0), others.length);
  return [...others.slice(0, at), step, ...others.slice(at)];
}

export function minutesOf(plan: Plan): number {
  return stepsOf(plan).reduce((sum, step) => sum + (step.minutes ?? 0), 0);
}

/** How many periods a plan is for; as `planning/keeping.periods` reads it. */
export function periodsOf(plan: Plan): number {
  const words = plan.periods ?? "";
  if (words.includes("第")) return 1;
  const digits = /\d{1,2}/.exec(words);
  if (digits) return Math.min(Math.max(Number(digits[0]), 1), 30);
  const chinese = [..."一二三四五六七八"].findIndex((sign) => words.includes(sign));
  return chinese >= 0 ? chinese + 1 : words.includes("两") ? 2 : 1;
}

/** A plan in which nobody wrote anything yet. */
export function isEmpty(plan: Plan): boolean {
  return Object.entries(plan).every(([name, value]) => (name === "steps" ? (value as Step[]).every(isBlank) : !value || value.length === 0));
}

function isBlank(step: Step): boolean {
  return Object.entries(step).every(([name, value]) => name === "id" || value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0));
}
