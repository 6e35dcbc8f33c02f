/**
 * The values of the form: what a person wrote always wins over what names and server suggest.
 * Pure; saving is the draft's business.
 */
import type { DraftReply, FieldName, Fields } from "./draft";

export const FIELD_NAMES: readonly FieldName[] = [
  "title", "kind", "node_id", "licence", "summary", "keywords", "author_name", "third_party",
  "village_fit", "audience", "difficulty", "literacies", "change_note",
];

export interface FormState {
  values: Fields;
  /** Fields that a person wrote, here or earlier; suggestions leave them alone. */
  written: ReadonlySet<FieldName>;
  /** Fields that were filled in for the person. */
  suggested: ReadonlySet<FieldName>;
}

export function emptyForm(defaults: Partial<Fields>): FormState {
  const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, defaults[name] ?? ""])) as unknown as Fields;
  return { values, written: new Set(), suggested: new Set() };
}

/** Put back what the server kept and, over it, what only this browser kept; what was written meanwhile stays. */
export function restored(state: FormState, fields: DraftReply["fields"], recovered: Partial<Fields>): FormState {
  const values = { ...state.values };
  const written = new Set(state.written);
  for (const name of FIELD_NAMES) {
    if (state.written.has(name)) continue;
    const kept = recovered[name] ?? asText(fields[name]);
    if (kept === undefined || kept === "") continue;
    values[name] = kept;
    written.add(name);
  }
  return { ...state, values, written };
}

export function wrote(state: FormState, name: FieldName, value: string): FormState {
  const suggested = new Set(state.suggested);
  suggested.delete(name);
  return { values: { ...state.values, [name]: value }, written: new Set(state.written).add(name), suggested };
}

/** Fill in fields that nobody wrote; returns the new state and what changed. */
export function suggestedFields(state: FormState, given: Partial<Record<FieldName, string | null>>): [FormState, Partial<Fields>] {
  const changed: Partial<Fields> = {};
  const suggested = new Set(state.suggested);
  for (const name of FIELD_NAMES) {
    const value = given[name];
    if (!value || state.written.has(name) || state.values[name] === value) continue;
    changed[name] = value;
    suggested.add(name);
  }
  return [{ ...state, values: { ...state.values, ...changed }, suggested }, changed];
}

function asText(value: string | string[] | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  return Array.isArray(value) ? value.join("、") : value;
}
