/** One stage of the plan: its name, its minutes, its four columns, and how it is moved. */
import { Icon } from "../../shared/icon";
import type { Block, Column, Step } from "./plan";
import { TextField } from "./TextField";
import { t } from "./words";

interface Props {
  step: Step;
  number: number;
  total: number;
  columns: [Column, string][];
  isDragged: boolean;
  isOver: boolean;
  onWrite: (change: Partial<Step>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onAddBelow: () => void;
  onDrag: (event: "start" | "over" | "drop" | "end") => void;
}

export function StepCard({ step, number, total, columns, isDragged, isOver, onWrite, onMove, onRemove, onAddBelow, onDrag }: Props) {
  const name = step.name || t("stage_n", { n: number });
  const onKey = (event: KeyboardEvent): void => {
    const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (by !== undefined) {
      event.preventDefault();
      onMove(number - 1 + by);
    } else if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      onAddBelow();
    }
  };
  return (
    <section
      class={`plan-step${isDragged ? " is-dragged" : ""}${isOver ? " is-over" : ""}`}
      aria-label={name}
      onKeyDown={onKey}
      onDragOver={(event) => {
        event.preventDefault();
        onDrag("over");
      }}
      onDrop={(event) => {
        event.preventDefault();
        onDrag("drop");
      }}
    >
      <div class="plan-step-head">
        <div class="plan-step-name">
          <label class="form-label" for={`name-${step.id}`}>{t("stage_label", { n: number })}</label>
          <input id={`name-${step.id}`} class="form-control" value={step.name ?? ""} maxLength={200} placeholder={t("stage_example")} onInput={(event) => onWrite({ name: event.currentTarget.value })} />
        </div>
        <div class="plan-step-minutes">
          <label class="form-label" for={`minutes-${step.id}`}>{t("minutes")}</label>
          <input id={`minutes-${step.id}`} class="form-control" inputMode="numeric" maxLength={3} value={step.minutes ?? ""} onInput={(event) => onWrite({ minutes: minutesFrom(event.currentTarget) })} />
        </div>
        <div class="plan-step-tools">
          <span class="round plan-handle no-touch" draggable onDragStart={() => onDrag("start")} onDragEnd={() => onDrag("end")} title={t("drag")} aria-hidden="true">⋮⋮</span>
          <button type="button" id={`up-${step.id}`} class="round" disabled={number === 1} onClick={() => onMove(number - 2)}><span aria-hidden="true">↑</span><span class="hidden-words">{t("move_up", { name })}</span></button>
          <button type="button" id={`down-${step.id}`} class="round" disabled={number === total} onClick={() => onMove(number)}><span aria-hidden="true">↓</span><span class="hidden-words">{t("move_down", { name })}</span></button>
          <button type="button" class="round" onClick={onAddBelow}><Icon name="plus" /><span class="hidden-words">{t("add_below", { name })}</span></button>
          <button type="button" class="round" onClick={onRemove}><Icon name="close" /><span class="hidden-words">{t("remove", { name })}</span></button>
        </div>
      </div>
      <div class="plan-step-columns">
        {columns.map(([column, label]) => (
          <div key={column} class={`is-${column}`}>
            <TextField id={`${column}-${step.id}`} label={label} blocks={(step[column] as Block[] | undefined) ?? []} onWrite={(blocks) => onWrite({ [column]: blocks })} />
          </div>
        ))}
      </div>
    </section>
  );
}

/** Only figures stay in the box; nothing in it means that no time is planned. */
function minutesFrom(input: HTMLInputElement): number | null {
  const digits = input.value.replace(/\D/g, "").slice(0, 3);
  if (digits !== input.value) input.value = digits;
  return digits === "" ? null : Math.min(Number(digits), 600);
}
