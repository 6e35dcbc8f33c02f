/** One text of the plan: still until somebody enters it, then the editor; beside it who else is there, and remarks. */
import { useEffect, useRef, useState } from "preact/hooks";
import type * as Y from "yjs";
import { Remarks } from "./Remarks";
import { Still } from "./Still";
import { useStore } from "./store.ts";
import { t } from "./words";
import { enterAt, openText } from "./writing.ts";

interface Wanted {
  text: Y.XmlFragment;
  place: string;
  label: string;
  /** What it is called to who hears the page: the stage belongs to it. */
  full: string;
}

export function Text({ text, place, label, full }: Wanted) {
  const store = useStore();
  const isActive = store.active === place && store.mayWrite;
  const others = store.people().filter((person) => person.place === place);
  return (
    <div class={`plan-cell ${isActive ? "is-active" : ""} ${others[0] ? `tone-${others[0].tone} is-shared` : ""}`} data-place={place}>
      <div class="plan-cell-head">
        <span class="plan-label" aria-hidden="true">{label}</span>
        {others.map((person) => <span key={person.client} class={`plan-here tone-${person.tone}`}>{t("writes_here", { name: person.name })}</span>)}
      </div>
      {isActive ? <Writing text={text} place={place} label={full} /> : <Waiting text={text} place={place} label={full} />}
      <Remarks place={place} text={text} label={full} />
    </div>
  );
}

function Waiting({ text, place, label }: Omit<Wanted, "full">) {
  const store = useStore();
  const press = (event: PointerEvent): void => {
    if (!(event.target as Element).closest("a")) store.activate(place, { left: event.clientX, top: event.clientY });
  };
  if (!store.mayWrite) return <div class="plan-text"><Still text={text} /></div>;
  return (
    <div class="plan-text is-waiting" role="textbox" aria-multiline="true" aria-label={label} tabIndex={0} onFocus={() => store.activate(place)} onPointerUp={press}>
      <Still text={text} />
    </div>
  );
}

function Writing({ text, place, label }: Omit<Wanted, "full">) {
  const store = useStore();
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  useEffect(() => {
    const view = openText({
      place: box.current!,
      text,
      plan: store.props.plan,
      label,
      awareness: store.awareness,
      undo: () => store.plan.undo(),
      redo: () => store.plan.redo(),
      changed: () => redraw((count) => count + 1),
    });
    store.view = view;
    enterAt(view, store.pressedAt);
    store.tell();
    return () => {
      if (store.view === view) store.view = null;
      view.destroy();
    };
  }, [text, place]);
  return <div ref={box} class="plan-writing" />;
}
