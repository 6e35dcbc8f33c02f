/** The form of a plan: lines, sections, stages as rows; saved from the first word. */
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { ApiError, api } from "../../shared/api";
import { Icon } from "../../shared/icon";
import { PlanDraft } from "./draft";
import { type Block, type Column, isEmpty, minutesOf, moved, newStep, periodsOf, type Plan, type Step, stepsOf } from "./plan";
import { StepCard } from "./StepCard";
import { TextField } from "./TextField";
import { written } from "./text";
import { t } from "./words";

export interface PlanFormProps {
  draft_id: string | null;
  node_id: string | null;
  plan: Plan;
  sections: [string, string][];
  columns: [Column, string][];
  period_minutes: number;
  most_steps: number;
  back_url: string;
}

interface Removed {
  step: Step;
  at: number;
}

const OPEN_FIRST = ["goals", "key_points"];

export function PlanForm({ draft_id, node_id, plan: given, sections, columns, period_minutes, most_steps, back_url }: PlanFormProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [plan, setPlan] = useState<Plan>(() => (stepsOf(given).length > 0 ? given : { ...given, steps: [newStep()] }));
  /** Grows when the whole plan is put in place of another, so that every field is filled anew. */
  const [filling, setFilling] = useState(0);
  const [found, setFound] = useState<Plan | null>(null);
  const [replaced, setReplaced] = useState<Plan | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const [remarks, setRemarks] = useState<string[]>([]);
  const [isReading, setReading] = useState(false);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const wantsFocus = useRef<string | null>(null);
  const now = useRef(plan);
  now.current = plan;
  const draft = useMemo(() => new PlanDraft(draft_id, node_id, given, redraw as () => void), []);

  useEffect(() => {
    const kept = draft.recovered();
    if (kept?.isOlder) setFound(kept.plan);
    else if (kept) fill(kept.plan);
    const leave = (): void => draft.leave();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
      draft.close();
    };
  }, []);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    document.getElementById(wantsFocus.current)?.focus();
    wantsFocus.current = null;
  });

  /** Keep one change; callers give what is new, since several fields may speak between two drawings. */
  function change(make: (plan: Plan) => Plan): void {
    const next = make(now.current);
    now.current = next;
    setPlan(next);
    draft.set(next);
  }

  function fill(next: Plan): void {
    const whole = stepsOf(next).length > 0 ? next : { ...next, steps: [newStep()] };
    change(() => whole);
    setFilling((count) => count + 1);
    setFound(null);
  }

  const write = (name: string, value: Block[] | string): void => change((before) => ({ ...before, [name]: value }));
  const writeStep = (id: string, part: Partial<Step>): void =>
    change((before) => ({ ...before, steps: stepsOf(before).map((step) => (step.id === id ? { ...step, ...part } : step)) }));

  function add(at: number): void {
    if (stepsOf(now.current).length >= most_steps) return setSaid(t("most_steps", { n: most_steps }));
    const step = newStep();
    change((before) => ({ ...before, steps: [...stepsOf(before).slice(0, at), step, ...stepsOf(before).slice(at)] }));
    wantsFocus.current = `name-${step.id}`;
    setSaid(t("added", { n: at + 1 }));
  }

  function move(from: number, to: number): void {
    const steps = stepsOf(now.current);
    if (to < 0 || to >= steps.length || from === to) return;
    const focused = document.activeElement?.id ?? "";
    change((before) => ({ ...before, steps: moved(stepsOf(before), from, to) }));
    // A button at the end is switched off: its neighbour takes the focus.
    const id = steps[from]?.id ?? "";
    wantsFocus.current = focused === `up-${id}` && to === 0 ? `down-${id}` : focused === `down-${id}` && to === steps.length - 1 ? `up-${id}` : focused || null;
    setSaid(t("moved", { n: to + 1 }));
  }

  function remove(at: number): void {
    const step = stepsOf(now.current)[at];
    if (!step) return;
    change((before) => ({ ...before, steps: stepsOf(before).filter((one) => one.id !== step.id) }));
    setRemoved({ step, at });
    wantsFocus.current = "plan-undo";
    setSaid(t("removed", { name: step.name || t("stage_n", { n: at + 1 }) }));
  }

  function putBack(): void {
    if (!removed) return;
    const { step, at } = removed;
    change((before) => ({ ...before, steps: [...stepsOf(before).slice(0, at), step, ...stepsOf(before).slice(at)] }));
    setRemoved(null);
    wantsFocus.current = `name-${step.id}`;
  }

  async function readWord(file: File): Promise<void> {
    setReading(true);
    setRemarks([]);
    try {
      const form = new FormData();
      form.append("file", file, file.name);
      const read = await api<{ plan: Plan; remarks: string[] }>(`/api/v1/drafts/${await draft.open()}/plan/reading`, { method: "POST", body: form });
      setReplaced(isEmpty(now.current) ? null : now.current);
      fill(read.plan);
      setRemarks([t("read", { file: file.name }), ...read.remarks]);
    } catch (error) {
      setRemarks([error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : String(error)]);
    }
    setReading(false);
  }

  async function goOn(): Promise<void> {
    await draft.save();
    if (draft.state === "saved" && draft.id) location.assign(`${back_url}?draft=${encodeURIComponent(draft.id)}`);
    else if (!draft.id) setRemarks([t("write_first")]);
  }

  const steps = stepsOf(plan);
  const sum = minutesOf(plan);
  const wanted = period_minutes * periodsOf(plan);
  const place = sections.findIndex(([name]) => name === "board");
  const fold = ([name, label]: [string, string]) => <Fold key={`${name}-${filling}`} name={name} label={label} blocks={(plan[name] as Block[] | undefined) ?? []} onWrite={(blocks) => write(name, blocks)} />;
  const undoRow = removed && (
    <div class="plan-undo" key="undo">
      <span>{t("removed", { name: removed.step.name || t("stage_n", { n: removed.at + 1 }) })}</span>
      <button type="button" id="plan-undo" class="btn btn-plain" onClick={putBack}>{t("undo")}</button>
    </div>
  );
  return (
    <div class="plan-form">
      <div class="plan-form-bar">
        <span class={`plan-sum${sum > 0 && sum !== wanted ? " is-off" : ""}`}>{t("sum", { sum, wanted })}</span>
        <span class="muted small" role="status">{t(draft.state)}{draft.refusal && ` ${draft.refusal}`}</span>
        <label class={`btn btn-quiet${isReading ? " disabled" : ""}`}>
          <Icon name="upload" />{isReading ? t("reading") : t("from_word")}
          <input class="hidden-words" type="file" accept=".docx" disabled={isReading} onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) void readWord(file);
          }} />
        </label>
        <button type="button" class="btn btn-primary" onClick={() => void goOn()}>{t("go_on")}</button>
      </div>
      <p class="hidden-words" role="status">{said}</p>
      {found && (
        <div class="note note-warn" role="alert"><div>{t("two_versions")}
          <div class="actions">
            <button type="button" class="btn btn-plain" onClick={() => fill(found)}>{t("use_here")}</button>
            <button type="button" class="btn btn-plain" onClick={() => { draft.forget(); setFound(null); }}>{t("use_server")}</button>
          </div></div>
        </div>
      )}
      {remarks.length > 0 && (
        <div class="note" role="status"><div>{remarks.map((words) => <p key={words}>{words}</p>)}
          {replaced && <button type="button" class="btn btn-plain" onClick={() => { fill(replaced); setReplaced(null); setRemarks([]); }}>{t("undo_read")}</button>}</div>
        </div>
      )}
      <div class="panel">
        <div class="plan-lines">
          <Line key={`title-${filling}`} name="title" label={t("title")} value={plan.title ?? ""} onWrite={(value) => write("title", value)} />
          <Line key={`periods-${filling}`} name="periods" label={t("periods")} value={plan.periods ?? ""} example={t("periods_example")} onWrite={(value) => write("periods", value)} />
        </div>
        {sections.slice(0, place).map(fold)}
      </div>
      <h2>{t("steps")}</h2>
      {steps.map((step, at) => [
        removed?.at === at ? undoRow : null,
        <StepCard
          key={`${step.id}-${filling}`} step={step} number={at + 1} total={steps.length} columns={columns}
          isDragged={dragged === at} isOver={over === at && dragged !== null && dragged !== at}
          onWrite={(part) => writeStep(step.id, part)} onMove={(to) => move(at, to)} onRemove={() => remove(at)} onAddBelow={() => add(at + 1)}
          onDrag={(event) => {
            if (event === "start") setDragged(at);
            if (event === "over") setOver(at);
            if (event === "drop" && dragged !== null) move(dragged, at);
            if (event === "drop" || event === "end") {
              setDragged(null);
              setOver(null);
            }
          }}
        />,
      ])}
      {removed && removed.at >= steps.length && undoRow}
      <div><button type="button" class="btn btn-plain" onClick={() => add(steps.length)}><Icon name="plus" />{t("add")}</button> <span class="muted small no-touch">{t("keys")}</span></div>
      <div class="panel">{sections.slice(place).map(fold)}</div>
      <p class="muted small">{t("formula_help")}</p>
    </div>
  );
}

function Line({ name, label, value, example, onWrite }: { name: string; label: string; value: string; example?: string; onWrite: (value: string) => void }) {
  return (
    <div class="field">
      <label class="form-label" for={`line-${name}`}>{label}</label>
      <input id={`line-${name}`} class="form-control" value={value} maxLength={200} placeholder={example ?? ""} onInput={(event) => onWrite(event.currentTarget.value)} />
    </div>
  );
}

/** A section that opens; while it is shut it shows how it begins. */
function Fold({ name, label, blocks, onWrite }: { name: string; label: string; blocks: Block[]; onWrite: (blocks: Block[]) => void }) {
  const [isOpen, setOpen] = useState(OPEN_FIRST.includes(name) || blocks.length > 0);
  return (
    <details class="plan-fold" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}{!isOpen && <small>{written(blocks).value.slice(0, 60) || t("not_yet")}</small>}</summary>
      {isOpen && <TextField id={`section-${name}`} label={label} isHidden blocks={blocks} onWrite={onWrite} />}
    </details>
  );
}
