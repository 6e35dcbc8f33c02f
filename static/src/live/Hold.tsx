/** A button that does something as long as it is held: with finger, mouse, space or enter. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface HoldProps {
  class: string;
  children: ComponentChildren;
  isDisabled?: boolean;
  onHold: (isHeld: boolean) => void;
}

export function Hold({ class: look, children, isDisabled = false, onHold }: HoldProps) {
  const [isHeld, setHeld] = useState(false);
  const held = useRef(false);
  const become = (is: boolean): void => {
    if (held.current === is) return;
    held.current = is;
    setHeld(is);
    onHold(is);
  };
  // Whoever is taken off the page while holding has let go.
  useEffect(() => () => become(false), []);
  const isKey = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";
  return (
    <button
      type="button"
      class={`${look} hold ${isHeld ? "is-held" : ""}`}
      aria-pressed={isHeld}
      disabled={isDisabled}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        become(true);
      }}
      onPointerUp={() => become(false)}
      onPointerCancel={() => become(false)}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        if (!event.repeat) become(true);
      }}
      onKeyUp={(event) => isKey(event) && become(false)}
      onBlur={() => become(false)}
      onContextMenu={(event) => event.preventDefault()}
    >
      {children}
    </button>
  );
}
