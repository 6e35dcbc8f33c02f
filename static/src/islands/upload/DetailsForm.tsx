/** The form beside the list: it fills itself, saves itself, and shows the server's words at the field. */
import type { ComponentChildren } from "preact";
import { Icon } from "../../shared/icon";
import type { FieldName, SaveState } from "./draft";
import type { FormState } from "./form";
import { NodePicker } from "./NodePicker";
import { splitKeywords } from "./suggest";
import { t } from "./words";

export interface Choice {
  value: string;
  label: string;
  explain?: string;
}

interface Details {
  form: FormState;
  errors: Readonly<Record<string, string>>;
  kinds: Choice[];
  licences: Choice[];
  villageFits: Choice[];
  audiences: Choice[];
  literacies: string[];
  asksChangeNote: boolean;
  saveState: SaveState;
  onWrite: (name: FieldName, value: string) => void;
}

export function DetailsForm({ form, errors, kinds, licences, villageFits, audiences, literacies, asksChangeNote, saveState, onWrite }: Details) {
  const { values } = form;
  const chosen = splitKeywords(values.literacies, 12);
  const licence = licences.find((choice) => choice.value === values.licence);
  const field = (name: FieldName, label: string, control: (attributes: object) => ComponentChildren, hint = "", optional = false) => {
    const problem = errors[name];
    const described = [problem ? `f-${name}-problem` : "", hint ? `f-${name}-hint` : ""].filter(Boolean).join(" ");
    return (
      <div class="field" key={name}>
        <label class="form-label" for={`f-${name}`}>{label}{optional && <span class="optional">{t("optional")}</span>}</label>
        {control({ id: `f-${name}`, name, "aria-invalid": problem ? "true" : undefined, "aria-describedby": described || undefined })}
        {problem && <div class="invalid-feedback" id={`f-${name}-problem`}>{problem}</div>}
        {hint && <div class="form-text" id={`f-${name}-hint`}>{hint}</div>}
      </div>
    );
  };
  const text = (name: FieldName, limit: number) => (attributes: object) => (
    <input {...attributes} class={`form-control ${errors[name] ? "is-invalid" : ""}`} value={values[name]} maxLength={limit} autocomplete="off" onInput={(event) => onWrite(name, event.currentTarget.value)} />
  );
  const area = (name: FieldName, limit: number, rows: number) => (attributes: object) => (
    <textarea {...attributes} class={`form-control ${errors[name] ? "is-invalid" : ""}`} rows={rows} maxLength={limit} value={values[name]} onInput={(event) => onWrite(name, event.currentTarget.value)} />
  );
  const select = (name: FieldName, choices: Choice[], empty = "") => (attributes: object) => (
    <select {...attributes} class={`form-select ${errors[name] ? "is-invalid" : ""}`} value={values[name]} onChange={(event) => onWrite(name, event.currentTarget.value)}>
      {empty && <option value="">{empty}</option>}
      {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
    </select>
  );
  return (
    <section class="panel upload-form" aria-labelledby="upload-form">
      <div class="panel-head"><h2 id="upload-form">{t("form_title")}</h2><Saving state={saveState} /></div>
      {form.suggested.size > 0 && <p class="upload-note">{t("form_note")}</p>}
      {field("title", t("title"), text("title", 200))}
      {field("kind", t("kind"), select("kind", kinds, t("kind_empty")))}
      {field("node_id", t("node"), () => (
        <NodePicker id="f-node_id" value={values.node_id} isInvalid={Boolean(errors["node_id"])} describedBy="f-node_id-hint" onPick={(id) => onWrite("node_id", id)} />
      ), t("node_hint"))}
      {field("licence", t("licence"), select("licence", licences), licence?.explain ?? "")}
      {field("summary", t("summary"), area("summary", 2000, 3), t("summary_hint"), true)}
      {field("keywords", t("keywords"), text("keywords", 200), t("keywords_hint"), true)}
      {field("author_name", t("author_name"), text("author_name", 60))}
      {field("third_party", t("third_party"), area("third_party", 2000, 2), t("third_party_hint"), true)}
      <details class="fold">
        <summary>{t("more_fields")}<Icon name="down" /></summary>
        {field("village_fit", t("village_fit"), select("village_fit", villageFits, t("not_said")), "", true)}
        {field("audience", t("audience"), select("audience", audiences, t("not_said")), "", true)}
        {field("difficulty", t("difficulty"), select("difficulty", DIFFICULTIES, t("not_said")), "", true)}
        {literacies.length > 0 && (
          <fieldset class="field">
            <legend class="form-label">{t("literacies")}<span class="optional">{t("optional")}</span></legend>
            {literacies.map((name) => (
              <label class="form-check" key={name}>
                <input class="form-check-input" type="checkbox" checked={chosen.includes(name)} onChange={() => onWrite("literacies", toggled(chosen, name).join("、"))} /> {name}
              </label>
            ))}
          </fieldset>
        )}
      </details>
      {asksChangeNote && field("change_note", t("change_note"), area("change_note", 500, 2), t("change_note_hint"))}
    </section>
  );
}

const DIFFICULTIES: Choice[] = ["1", "2", "3", "4", "5"].map((value) => ({ value, label: value }));

function toggled(chosen: readonly string[], name: string): string[] {
  return chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
}

function Saving({ state }: { state: SaveState }) {
  if (state === "empty") return null;
  const tone = state === "saved" ? "state-ok" : state === "here_only" ? "" : "state-busy";
  return <span class={`state ${tone}`} role="status">{state === "here_only" && navigator.onLine ? t("saving") : t(state)}</span>;
}

export function PublishBar({ label, note, isBusy, error, onPress, onCancel }: {
  label: string;
  note: string;
  isBusy: boolean;
  error: ComponentChildren;
  onPress: () => void;
  onCancel: (() => void) | null;
}) {
  return (
    <div class="upload-publish">
      {error && <div class="note note-danger" role="alert"><Icon name="warn" /><div>{error}</div></div>}
      <div class="actions">
        <button type="button" class="btn btn-primary" aria-busy={isBusy} disabled={isBusy} onClick={onPress}>{label}</button>
        {onCancel && <button type="button" class="btn btn-quiet" onClick={onCancel}>{t("publish_cancel")}</button>}
        <span class="muted small">{note}</span>
      </div>
    </div>
  );
}
