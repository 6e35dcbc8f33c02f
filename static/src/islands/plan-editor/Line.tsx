/** One line of words that several people may type in at once: a field bound to a text of the document. */
import { useEffect, useRef } from "preact/hooks";
import type * as Y from "yjs";
import { LOCAL, rewrite } from "./document.ts";
import { useStore } from "./store.ts";

interface Wanted {
  line: Y.Text;
  id: string;
  label: string;
  place: string;
  class?: string;
  placeholder?: string;
}

export function Line({ line, id, label, place, placeholder = "", class: kind = "" }: Wanted) {
  const store = useStore();
  const field = useRef<HTMLInputElement>(null);
  const isComposing = useRef(false);

  useEffect(() => {
    const input = field.current!;
    input.value = line.toString();
    const follow = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
      if (transaction.origin === LOCAL && input.value === line.toString()) return;
      if (isComposing.current) return;
      const [start, end] = [input.selectionStart ?? 0, input.selectionEnd ?? 0];
      input.value = line.toString();
      if (document.activeElement === input) input.setSelectionRange(shifted(start, event), shifted(end, event));
    };
    line.observe(follow);
    return () => line.unobserve(follow);
  }, [line]);

  const take = (): void => rewrite(line, field.current!.value.replace(/[\r\n]+/g, " "));
  return (
    <input
      ref={field}
      id={id}
      class={`form-control ${kind}`}
      type="text"
      maxLength={200}
      aria-label={label}
      placeholder={placeholder}
      autocomplete="off"
      readOnly={!store.mayWrite}
      onFocus={() => store.activate(place)}
      onInput={() => !isComposing.current && take()}
      onCompositionStart={() => (isComposing.current = true)}
      onCompositionEnd={() => {
        isComposing.current = false;
        take();
      }}
      onKeyDown={(event) => undoes(event, store.plan)}
    />
  );
}

/** The field's own undo knows nothing of the others: ours takes its place. */
export function undoes(event: KeyboardEvent, plan: { undo(): void; redo(): void }): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) plan.redo();
  else plan.undo();
}

/** Where a cursor stands after what others changed before it. */
function shifted(at: number, event: Y.YTextEvent): number {
  let place = 0;
  let found = at;
  for (const { retain = 0, insert, delete: gone = 0 } of event.delta) {
    place += retain;
    if (place > found) break;
    if (typeof insert === "string") {
      found += insert.length;
      place += insert.length;
    }
    found -= Math.min(gone, Math.max(0, found - place));
  }
  return found;
}
