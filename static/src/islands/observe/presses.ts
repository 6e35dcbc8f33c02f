/** Keys of the sheets, taken before the player has them; what a sheet does not know goes on. Bound before the next key can come. */
import { useLayoutEffect } from "preact/hooks";
import { pressOf, type Press } from "./counts";
import { isTyping } from "./ticks";

export function usePresses(press: (found: Press) => boolean, isClosed: boolean): void {
  useLayoutEffect(() => {
    if (isClosed) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const found = pressOf(event.key);
      if (!found || !press(found)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  });
}
