/** The stages as rows: name, minutes, four columns; moved by the grip, by keys and by buttons, taken out and brought back. */
import { useRef, useState } from "preact/hooks";
import * as Y from "yjs";
import { Icon } from "../../shared/icon";
import { MOST_STEPS, type Stage } from "./document.ts";
import { Line, undoes } from "./Line";
import { useChanges, useStore } from "./store.ts";
import { Text } from "./Text";
import { t } from "./words";

/** What is typed inside a stage is drawn there; here only places, minutes and what is gone matter. */
const isOfRows = (steps: unknown) => (events: Y.YEvent<any>[]): boolean =>
  events.some(({ target }) => target === steps || (target instanceof Y.Map && target.parent === steps));

export function Steps() {
  const store = useStore();
  const { plan } = store;
  useChanges(plan.steps, isOfRows(plan.steps));
  const list = useRef<HTMLOListElement>(null);
  const [said, say] = useState("");
  const [gone, setGone] = useState<{ id: string; name: string } | null>(null);
  const [drop, setDrop] = useState<number | null>(null);
  const stages = plan.stages();

  const move = (stage: Stage, to: number): void => {
    if (!plan.move(stage.id, to)) return;
    say(t("moved", { name: nameOf(stage), n: to + 1 }));
    // The grip or button that was used moves along; it keeps the keyboard.
    const held = (document.activeElement as HTMLElement | null)?.dataset["part"];
    if (held) requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-stage="${stage.id}"] [data-part="${held}"]`)?.focus());
  };
  const add = (after: string | null): void => {
    const id = plan.add(after);
    if (id === null) return say(t("too_many", { n: MOST_STEPS }));
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-stage="${id}"] input`)?.focus());
  };
  const remove = (stage: Stage): void => {
    if (store.active?.startsWith(`${stage.id}/`)) store.activate(null);
    plan.setGone(stage.id, true);
    setGone({ id: stage.id, name: nameOf(stage) });
  };

  return (
    <section class="plan-steps" aria-labelledby="plan-steps">
      <h2 id="plan-steps">{t("steps")}</h2>
      <div class="plan-row plan-heads" aria-hidden="true">
        <span>{t("stage")}</span>
        {store.props.columns.map(([name, label]) => <span key={name} class={name === "village" ? "is-village" : ""}>{label}</span>)}
      </div>
      <ol ref={list}>
        {stages.map((stage, index) => (
          <Row key={stage.id} stage={stage} index={index} count={stages.length} isTarget={drop === index} move={(to) => move(stage, to)} add={() => add(stage.id)} remove={() => remove(stage)} onDrop={setDrop} />
        ))}
      </ol>
      {stages.length === 0 && <p class="muted">{t("steps_none")}</p>}
      {gone && (
        <p class="note plan-gone" role="status">
          {t("removed", { name: gone.name })} <button type="button" class="btn btn-quiet" onClick={() => { plan.setGone(gone.id, false); setGone(null); }}>{t("bring_back")}</button>
        </p>
      )}
      {store.mayWrite && <button type="button" class="btn btn-plain" disabled={stages.length >= MOST_STEPS} onClick={() => add(null)}><Icon name="plus" />{t("add")}</button>}
      <p class="hidden-words" aria-live="polite">{said}</p>
    </section>
  );
}

interface RowProps {
  stage: Stage;
  index: number;
  count: number;
  isTarget: boolean;
  move: (to: number) => void;
  add: () => void;
  remove: () => void;
  onDrop: (at: number | null) => void;
}

function Row({ stage, index, count, isTarget, move, add, remove, onDrop }: RowProps) {
  const store = useStore();
  const drag = useDrag(index, move, onDrop);
  const name = stage.row.get("name");
  const called = nameOf(stage);
  const onKey = (event: KeyboardEvent): void => {
    if (!event.altKey || !store.mayWrite || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(index + (event.key === "ArrowUp" ? -1 : 1));
  };
  return (
    <li class={`plan-row ${drag.isDragged ? "is-dragged" : ""} ${isTarget ? "is-target" : ""}`} data-stage={stage.id} data-index={index} onKeyDown={onKey}>
      <div class="plan-stage">
        {name instanceof Y.Text && <Line line={name} id={`name-${stage.id}`} label={t("stage_name", { n: index + 1 })} place={`${stage.id}/name`} placeholder={t("stage")} />}
        <Minutes stage={stage} />
        {store.mayWrite && (
          <div class="plan-moves no-print">
            <button type="button" class="round plan-grip" data-part="grip" aria-label={t("grip", { name: called })} title={t("grip_keys")} {...drag.handlers}><Grip /></button>
            <button type="button" class="round" data-part="up" disabled={index === 0} aria-label={t("up", { name: called })} onClick={() => move(index - 1)}><span class="turned"><Icon name="down" /></span></button>
            <button type="button" class="round" data-part="down" disabled={index === count - 1} aria-label={t("down", { name: called })} onClick={() => move(index + 1)}><Icon name="down" /></button>
            <button type="button" class="round" aria-label={t("add_after", { name: called })} onClick={add}><Icon name="plus" /></button>
            <button type="button" class="round" aria-label={t("remove", { name: called })} onClick={remove}><Icon name="close" /></button>
          </div>
        )}
      </div>
      {store.props.columns.map(([column, label]) => {
        const text = stage.row.get(column);
        return (
          <div key={column} class={`plan-column ${column === "village" ? "is-village" : ""}`}>
            {text instanceof Y.XmlFragment && <Text text={text} place={`${stage.id}/${column}`} label={label} full={`${called} ${label}`} />}
          </div>
        );
      })}
    </li>
  );
}

function Minutes({ stage }: { stage: Stage }) {
  const store = useStore();
  const minutes = stage.row.get("minutes");
  const take = (field: HTMLInputElement): void => {
    const given = field.value === "" ? null : Math.round(Number(field.value));
    if (given === null || (given >= 0 && given <= 600)) store.plan.setMinutes(stage.row, given);
  };
  return (
    <label class="plan-minutes">
      <input class="form-control" type="number" inputMode="numeric" min={0} max={600} value={typeof minutes === "number" ? minutes : ""} aria-label={t("minutes_of", { name: nameOf(stage) })} readOnly={!store.mayWrite} onFocus={() => store.activate(`${stage.id}/minutes`)} onInput={(event) => take(event.currentTarget)} onKeyDown={(event) => undoes(event, store.plan)} />
      {t("minutes")}
    </label>
  );
}

/** Moving a row by finger, pen or mouse: the grip holds the pointer, a line shows where the row would go. */
function useDrag(index: number, move: (to: number) => void, onDrop: (at: number | null) => void) {
  const [isDragged, setDragged] = useState(false);
  const target = useRef(index);
  const follow = (event: PointerEvent): void => {
    if (!isDragged) return;
    target.current = rowAt(event);
    onDrop(target.current === index ? null : target.current);
  };
  const end = (isMeant: boolean) => (): void => {
    if (!isDragged) return;
    setDragged(false);
    onDrop(null);
    if (isMeant) move(target.current);
  };
  const start = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    target.current = index;
    setDragged(true);
  };
  return { isDragged, handlers: { onPointerDown: start, onPointerMove: follow, onPointerUp: end(true), onPointerCancel: end(false) } };
}

/** The row that the pointer is over, by its middle: the first or last one outside of all. */
function rowAt(event: PointerEvent): number {
  const rows = [...(event.currentTarget as Element).closest("ol")!.children];
  const found = rows.findIndex((row) => event.clientY < row.getBoundingClientRect().bottom);
  return found < 0 ? rows.length - 1 : found;
}

function Grip() {
  return <span class="plan-grip-dots" aria-hidden="true" />;
}

function nameOf(stage: Stage): string {
  const name = stage.row.get("name");
  return (name instanceof Y.Text && name.toString()) || t("unnamed");
}
