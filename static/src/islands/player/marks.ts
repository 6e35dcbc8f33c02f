/**
 * Notes that stand on the time-line: the page gives them as `data-player-marks`, wherever it shows them as a list.
 *
 * The list is what keyboard and screen reader use; the marks are for the eye.
 */

export interface Mark {
  at_s: number;
  label: string;
}

/** How near a mark must be to be read while one looks along the line: a hundredth of it. */
const NEAR = 0.01;
const LONGEST = 24;

export function marksOf(text: string | null | undefined): Mark[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter((one: Mark) => typeof one?.at_s === "number" && typeof one.label === "string") : [];
  } catch {
    return [];
  }
}

export function marksOfPage(): Mark[] {
  return marksOf(document.querySelector<HTMLElement>("[data-player-marks]")?.dataset["playerMarks"]);
}

/** The words of the nearest mark, cut short; none where there is none near. */
export function markNear(marks: readonly Mark[], at: number, duration: number): string {
  let best: Mark | null = null;
  for (const mark of marks) {
    const away = Math.abs(mark.at_s - at);
    if (away <= Math.max(1, duration * NEAR) && (!best || away < Math.abs(best.at_s - at))) best = mark;
  }
  return best ? (best.label.length > LONGEST ? `${best.label.slice(0, LONGEST)}…` : best.label) : "";
}
