/** A rubric filled in: four levels a row with what each looks like, or points; help to improve unless a round is named. */
import type { Part } from "./One";
import type { Observation, Row, Rubric, Score } from "./types";
import { t } from "./words";

export function Scoring({ book, props, thing, isClosed }: Part) {
  const score = thing.data.score;
  const rubric = props.rubrics.find((one) => one.id === score?.rubric);
  const set = (next: Score | null): void => book.change<Observation>(thing.id, { score: next });
  const choose = (one: Rubric | undefined): void => set(one ? { rubric: one.id, version: one.version, scores: one.rows.map(() => null), round: null } : null);
  const give = (at: number, value: number | null): void => {
    if (!score || !rubric) return;
    set({ ...score, version: rubric.version, scores: rubric.rows.map((_row, index) => (index === at ? value : (score.scores[index] ?? null))) });
  };
  const total = (score?.scores ?? []).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const open = rubric ? rubric.rows.filter((_row, at) => (score?.scores[at] ?? null) === null).length : 0;
  return (
    <section class="panel observe-rubric">
      <div class="field">
        <label class="form-label" for="rubric">{t("rubric")}</label>
        <select class="form-select" id="rubric" value={rubric?.id ?? ""} disabled={isClosed} onChange={(event) => choose(props.rubrics.find((one) => one.id === event.currentTarget.value))}>
          <option value="">{t("no_rubric")}</option>
          {props.rubrics.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </select>
        <p class="form-text">{rubric?.about || t("rubric_hint")}</p>
      </div>
      {rubric && score && (
        <>
          {rubric.rows.map((row, at) => <RowOf key={row.name} row={row} at={at} levels={props.levels} shares={props.shares} value={score.scores[at] ?? null} isClosed={isClosed} onGive={(value) => give(at, value)} />)}
          <p class="observe-total" role="status"><strong>{t("total", { n: Math.round(total * 100) / 100 })}</strong> {open > 0 && <span class="muted">{t("rows_open", { n: open })}</span>}</p>
          {props.rounds.length > 0 && (
            <div class="field">
              <label class="form-label" for="round">{t("round")}</label>
              <select class="form-select" id="round" value={score.round ?? ""} disabled={isClosed} onChange={(event) => set({ ...score, round: event.currentTarget.value || null })}>
                <option value="">{t("no_round")}</option>
                {props.rounds.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
              </select>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function RowOf({ row, at, levels, shares, value, isClosed, onGive }: { row: Row; at: number; levels: string[]; shares: number[]; value: number | null; isClosed: boolean; onGive: (value: number | null) => void }) {
  return (
    <fieldset class="observe-row" disabled={isClosed}>
      <legend>{row.name} <span class="muted">{t("of_points", { n: row.weight })}</span></legend>
      <div class="observe-levels">
        {levels.map((level, index) => {
          const points = Math.round(row.weight * (shares[index] ?? 0) * 10) / 10;
          return (
            <button key={level} type="button" class="level" aria-pressed={value === points} onClick={() => onGive(value === points ? null : points)}>
              <strong>{level} {points}</strong>{row.descriptors[index] && <span>{row.descriptors[index]}</span>}
            </button>
          );
        })}
      </div>
      <label class="observe-number">{t("or_points")} <input class="form-control" id={`row-${at}`} type="number" min={0} max={row.weight} step={0.5} value={value ?? ""} onInput={(event) => { const given = event.currentTarget.value; onGive(given === "" ? null : Math.max(0, Math.min(row.weight, Number(given)))); }} /></label>
    </fieldset>
  );
}
