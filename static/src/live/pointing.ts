/**
 * What a hand does on the board, as points of the board: mouse, pen, or one finger.
 *
 * Once a pen was seen on this board, fingers and palms do nothing on it any more: whoever writes with a pen
 * rests the hand on the glass. A second finger never draws.
 */
import { SCALE, type Pair } from "./board";

export interface Strokes {
  begin(point: Pair): void;
  move(points: Pair[]): void;
  end(isCancelled: boolean): void;
  /** The pointer is over the board without pressing. */
  hover?(point: Pair): void;
}

export function followHand(element: HTMLElement, strokes: Strokes): () => void {
  let active: number | null = null;
  let hasPen = false;

  const place = (event: PointerEvent, box = element.getBoundingClientRect()): Pair => {
    const unit = SCALE / box.width;
    return [Math.round((event.clientX - box.left) * unit), Math.round((event.clientY - box.top) * unit)];
  };
  const isPalm = (event: PointerEvent): boolean => hasPen && event.pointerType === "touch";

  const down = (event: PointerEvent): void => {
    if (event.pointerType === "pen") hasPen = true;
    if (active !== null || isPalm(event) || event.button > 0) return;
    event.preventDefault();
    active = event.pointerId;
    try {
      element.setPointerCapture(active);
    } catch {
      // Lifted already: a dot.
    }
    strokes.begin(place(event));
  };
  const move = (event: PointerEvent): void => {
    if (active === null && !isPalm(event)) strokes.hover?.(place(event));
    if (event.pointerId !== active) return;
    const box = element.getBoundingClientRect();
    const parts = event.getCoalescedEvents?.() ?? [];
    strokes.move((parts.length > 0 ? parts : [event]).map((part) => place(part, box)));
  };
  const up = (event: PointerEvent): void => {
    if (event.pointerId !== active) return;
    active = null;
    strokes.end(event.type === "pointercancel");
  };
  const noMenu = (event: Event): void => event.preventDefault();

  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("contextmenu", noMenu);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", up);
    element.removeEventListener("contextmenu", noMenu);
  };
}
