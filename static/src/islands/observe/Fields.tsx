/** The form 听课记录表: what stands above and below the notes. Every field is kept as it is typed. */
import type { Book } from "./book";
import type { Part } from "./One";
import type { Observation } from "./types";
import { t } from "./words";

const LINES = [["topic", 100], ["teacher", 60], ["school", 100], ["class_name", 60], ["subject", 32], ["period", 40], ["place", 60]] as const;

export function Fields({ book, props, thing, isClosed }: Part) {
  const { data } = thing;
  const set = (part: Partial<Observation>): void => book.change<Observation>(thing.id, part);
  const points = (name: "strengths" | "suggestions", label: string) => (
    <fieldset class="observe-points">
      <legend>{label}</legend>
      {[0, 1, 2].map((at) => (
        <input
          key={at} class="form-control" maxLength={500} disabled={isClosed} aria-label={`${label} ${at + 1}`} value={data[name][at] ?? ""}
          onInput={(event) => { const found = [0, 1, 2].map((one) => data[name][one] ?? ""); found[at] = event.currentTarget.value; set({ [name]: found }); }}
        />
      ))}
    </fieldset>
  );
  const area = (name: "opinion" | "village", label: string) => (
    <div class="field">
      <label class="form-label" for={`field-${name}`}>{label}</label>
      <textarea class="form-control" id={`field-${name}`} rows={4} maxLength={2000} disabled={isClosed} value={data[name]} onInput={(event) => set({ [name]: event.currentTarget.value })} />
    </div>
  );
  return (
    <section class="panel observe-form">
      <div class="form-grid">
        {LINES.map(([name, max]) => (
          <div key={name} class="field">
            <label class="form-label" for={`field-${name}`}>{t(`f_${name}`)}</label>
            <input class="form-control" id={`field-${name}`} value={data[name]} maxLength={max} disabled={isClosed} onInput={(event) => set({ [name]: event.currentTarget.value })} />
          </div>
        ))}
        <Select name="kind" label={t("f_kind")} options={props.kinds} value={data.kind} isClosed={isClosed} onChange={(kind) => set({ kind })} />
        <Select name="level" label={t("f_level")} options={[["", t("no_level")], ...props.bands.map((one) => [one, one] as [string, string])]} value={data.level} isClosed={isClosed} onChange={(level) => set({ level })} />
      </div>
      {points("strengths", t("f_strengths"))}
      {points("suggestions", t("f_suggestions"))}
      {area("village", t("f_village"))}
      {area("opinion", t("f_opinion"))}
      <div class="actions">
        {data.ended_at === null ? (
          <button type="button" class="btn btn-plain" disabled={isClosed} onClick={() => set({ ended_at: Date.now() })}>{t("end")}</button>
        ) : (
          <button type="button" class="btn btn-plain" disabled={isClosed} onClick={() => set({ ended_at: null })}>{t("go_on")}</button>
        )}
        {thing.sent > 0 ? <a class="btn btn-primary" href={`/observe/${thing.id}/report`} onClick={(event) => go(event, book)}>{t("to_report")}</a> : <span class="muted">{t("report_later")}</span>}
      </div>
    </section>
  );
}

/** What is shown and signed there is what was written here: the last words go ahead. Without a line the page stays and says so. */
function go(event: MouseEvent, book: Book): void {
  event.preventDefault();
  const { href } = event.currentTarget as HTMLAnchorElement;
  void book.flush().then((isDone) => isDone && location.assign(href));
}

function Select({ name, label, options, value, isClosed, onChange }: { name: string; label: string; options: [string, string][]; value: string; isClosed: boolean; onChange: (value: string) => void }) {
  return (
    <div class="field">
      <label class="form-label" for={`field-${name}`}>{label}</label>
      <select class="form-select" id={`field-${name}`} value={value} disabled={isClosed} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([key, words]) => <option key={key} value={key}>{words}</option>)}
      </select>
    </div>
  );
}
