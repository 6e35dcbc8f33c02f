/** The frame of LICC: up to three viewpoints, and the sheet of each to be filled while one looks. */
import { useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Icon } from "../../shared/icon";
import { Asking, type Open } from "./Asking";
import { chosen, ENDS, MOST_CHOSEN, QUESTION, timesOf } from "./counts";
import type { Part } from "./One";
import { usePresses } from "./presses";
import type { Kept } from "./store";
import { secondOf, seek } from "./time";
import type { End, Mark, Observation, Viewpoint } from "./types";
import { t } from "./words";

export function Counting(part: Part) {
  const { props, thing, isClosed } = part;
  const keys = thing.data.viewpoints ?? [];
  const all = (props.frame ?? []).flatMap((dimension) => dimension.viewpoints);
  const views = keys.flatMap((key) => all.filter((one) => one.key === key));
  const [isChoosing, choose] = useState(views.length === 0);
  const [shown, show] = useState("");
  const view = views.find((one) => one.key === shown) ?? views[0];
  if (isChoosing || !view) return <Choosing part={part} keys={keys} onDone={() => choose(false)} />;
  return (
    <div class="observe-counting">
      <div class="chips" role="group" aria-label={t("which_viewpoint")}>
        {views.map((one) => <button key={one.key} type="button" class="chip" aria-pressed={one === view} onClick={() => show(one.key)}>{one.name}</button>)}
        {!isClosed && <button type="button" class="btn btn-quiet" onClick={() => choose(true)}>{t("choose_others")}</button>}
      </div>
      <p class="muted observe-prompt">{view.prompt}</p>
      <Filling key={view.key} part={part} view={view} />
    </div>
  );
}

function Choosing({ part: { book, props, thing, isClosed }, keys, onDone }: { part: Part; keys: string[]; onDone: () => void }) {
  const isFull = keys.length >= MOST_CHOSEN;
  const set = (key: string): void => book.change<Observation>(thing.id, { viewpoints: chosen(keys, key) });
  return (
    <section class="panel observe-frame">
      <h2>{t("frame_title")}</h2>
      <p class="muted">{t("frame_hint")}</p>
      {(props.frame ?? []).map((dimension) => (
        <fieldset key={dimension.name} class="observe-choice" disabled={isClosed}>
          <legend>{dimension.name}</legend>
          <div class="observe-views">
            {dimension.viewpoints.map((one) => {
              const isOn = keys.includes(one.key);
              return (
                <button key={one.key} type="button" class="level" aria-pressed={isOn} disabled={isClosed || (isFull && !isOn)} onClick={() => set(one.key)}>
                  <strong>{one.name}</strong><span>{one.prompt}</span>
                </button>
              );
            })}
          </div>
        </fieldset>
      ))}
      <div class="observe-thumb observe-frame-end">
        <p role="status">{t("chosen_n", { n: keys.length, most: MOST_CHOSEN })}</p>
        <button type="button" class="btn btn-primary" disabled={keys.length === 0} onClick={onDone}><Icon name="check" />{t("begin_counting")}</button>
      </div>
    </section>
  );
}

/** The sheet of one viewpoint: its questions where it has them, everything else by a tap, and the last marks to mend. */
function Filling({ part, view }: { part: Part; view: Viewpoint }) {
  const { book, props, thing, isClosed } = part;
  const found = book.of<Mark>("mark", thing.id).filter((one) => one.data.viewpoint === view.key && !one.data.is_deleted);
  const marks = found.map((one) => one.data);
  const asks = view.items.some(([item]) => item === QUESTION);
  const others = view.items.filter(([item]) => item !== QUESTION);
  const open = thing.local?.["question"] as Open | null | undefined;
  const question = open ? found.find((one) => one.id === open.id) : undefined;
  const [end, setEnd] = useState<End>("all");
  const last = found[found.length - 1];
  /** What follows a question belongs to the end that was asked. */
  const endOf = (): End => (asks ? (question?.data.end ?? "all") : end);
  const add = (item: string, at: End): Kept<Mark> =>
    book.add<Mark>("mark", { made_at: Date.now(), second: secondOf(thing), viewpoint: view.key, item, end: at, level: null, wait_ms: null, is_deleted: false }, thing.id);
  const remove = (one: Kept<Mark> | undefined): void => {
    if (one) book.change<Mark>(one.id, { is_deleted: true });
  };
  const count = (at: number): void => {
    const item = others[at]?.[0];
    if (item) add(item, endOf());
  };
  const undo = (): void => remove(last);
  usePresses((press) => {
    if (press.kind === "undo") undo();
    else if (press.kind === "item") count(press.at);
    else if (press.kind === "end" && !asks) setEnd(press.end);
    else return false;
    return true;
  }, isClosed);
  return (
    <>
      {asks && <Asking part={part} marks={marks} question={question} open={open} add={(at) => add(QUESTION, at)} />}
      <div class="observe-items" role="group" aria-label={view.name}>
        {!asks && (
          <div class="observe-ends" role="group" aria-label={t("at_which_end")}>
            {ENDS.map((one) => <button key={one} type="button" class="chip" aria-pressed={end === one} onClick={() => setEnd(one)}>{props.ends[one]}<kbd aria-hidden="true">{one[0]!.toUpperCase()}</kbd></button>)}
          </div>
        )}
        {others.map(([item, words], at) => (
          <button key={item} type="button" class="big" disabled={isClosed} onClick={() => count(at)}>{words}<strong>{timesOf(marks, item)}</strong><kbd aria-hidden="true">{"QWER"[at]}</kbd></button>
        ))}
        <button type="button" class="btn btn-plain observe-undo" disabled={isClosed || !last} onClick={undo}>{t("undo")}</button>
      </div>
      <Last marks={found} part={part} view={view} onEdit={(one) => book.remember(thing.id, { question: { id: one.id, from_ms: null } })} onRemove={remove} />
    </>
  );
}

/** The last three, to be looked at again, mended or taken away. */
function Last({ marks, part: { props, thing, isClosed }, view, onEdit, onRemove }: { marks: Kept<Mark>[]; part: Part; view: Viewpoint; onEdit: (one: Kept<Mark>) => void; onRemove: (one: Kept<Mark>) => void }) {
  if (marks.length === 0) return <p class="muted">{t("nothing_counted")}</p>;
  return (
    <ol class="note-list observe-last" aria-label={t("last_marks")}>
      {[...marks].reverse().slice(0, 3).map((one) => {
        const { data } = one;
        const time = clockTime(data.second);
        const what = view.items.find(([item]) => item === data.item)?.[1] ?? data.item;
        const level = props.question_levels.find(([key]) => key === data.level)?.[1];
        return (
          <li key={one.id}>
            {thing.data.what === "recording" ? <button type="button" class="btn btn-quiet note-time" onClick={() => seek(data.second)}>{time}</button> : <span class="note-time">{time}</span>}
            <div class="observe-words">{what} · {props.ends[data.end]}{level && ` · ${level}`}{data.wait_ms !== null && ` · ${t("waited", { n: (data.wait_ms / 1000).toFixed(1) })}`}{one.version > one.sent && <span class="muted small"> · {t("only_here")}</span>}</div>
            {!isClosed && (
              <span class="observe-row-acts">
                {data.item === QUESTION && <button type="button" class="btn btn-quiet" onClick={() => onEdit(one)} aria-label={t("edit_mark", { time })}><Icon name="pen" /></button>}
                <button type="button" class="btn btn-quiet" onClick={() => onRemove(one)} aria-label={t("remove_mark", { time })}><Icon name="close" /></button>
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
