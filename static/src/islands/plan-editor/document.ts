/**
 * A plan as its editor holds it: the shared document, what may be done to its stages, undo.
 *
 * The shape is that of `plans/document.py`. Rule: what somebody does here runs in `change`, so that undo knows
 * whose it was; a stage is never deleted, it only says that it is gone.
 */
import * as Y from "yjs";
import { ySyncPluginKey } from "y-prosemirror";
import { between } from "./order.ts";

/** The origin of what this page's own buttons and fields change. */
export const LOCAL = "local";
export const MOST_STEPS = 300;

export interface Stage {
  id: string;
  row: Y.Map<unknown>;
}

export class PlanDoc {
  readonly doc = new Y.Doc();
  readonly steps = this.doc.getMap<Y.Map<unknown>>("steps");
  readonly undoing: Y.UndoManager;

  constructor(
    readonly sections: readonly string[],
    readonly columns: readonly string[],
  ) {
    const scope = [this.line("title"), this.line("periods"), ...sections.map((name) => this.section(name)), this.steps];
    this.undoing = new Y.UndoManager(scope, { trackedOrigins: new Set<unknown>([LOCAL, ySyncPluginKey]), captureTimeout: 600 });
  }

  line(name: "title" | "periods"): Y.Text {
    return this.doc.getText(name);
  }

  section(name: string): Y.XmlFragment {
    return this.doc.getXmlFragment(name);
  }

  /** The text at a place as remarks and cursors name it; null when it is gone. */
  textAt(place: string): Y.XmlFragment | null {
    if (this.sections.includes(place)) return this.section(place);
    const [id, column] = place.split("/");
    const found = this.steps.get(id ?? "")?.get(column ?? "");
    return found instanceof Y.XmlFragment ? found : null;
  }

  /** The stages that are there, in their order. */
  stages(): Stage[] {
    const found: Stage[] = [];
    this.steps.forEach((row, id) => {
      if (row instanceof Y.Map && row.get("gone") !== true) found.push({ id, row });
    });
    return found.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : a.id < b.id ? -1 : 1));
  }

  minutes(): number {
    return this.stages().reduce((sum, { row }) => sum + (Number(row.get("minutes")) || 0), 0);
  }

  change(act: () => void): void {
    this.doc.transact(act, LOCAL);
  }

  /** Put a new stage after the one of that id (null: at the end) and return its id. */
  add(after: string | null): string | null {
    const stages = this.stages();
    if (stages.length >= MOST_STEPS) return null;
    const at = after === null ? stages.length : stages.findIndex(({ id }) => id === after) + 1;
    const id = newId();
    this.undoing.stopCapturing();
    this.change(() => {
      const row = new Y.Map<unknown>();
      row.set("order", this.placeAt(stages, at));
      row.set("minutes", null);
      row.set("name", new Y.Text());
      for (const column of this.columns) row.set(column, new Y.XmlFragment());
      this.steps.set(id, row);
    });
    return id;
  }

  /** Move a stage to that place among the others; false when it is there already. */
  move(id: string, to: number): boolean {
    const stages = this.stages();
    const from = stages.findIndex((stage) => stage.id === id);
    if (from < 0 || to < 0 || to >= stages.length || to === from) return false;
    const [moved] = stages.splice(from, 1);
    this.undoing.stopCapturing();
    this.change(() => moved!.row.set("order", this.placeAt(stages, to)));
    return true;
  }

  setGone(id: string, gone: boolean): void {
    this.undoing.stopCapturing();
    this.change(() => this.steps.get(id)?.set("gone", gone));
  }

  setMinutes(row: Y.Map<unknown>, minutes: number | null): void {
    this.change(() => row.set("minutes", minutes));
  }

  undo(): void {
    this.undoing.undo();
  }

  redo(): void {
    this.undoing.redo();
  }

  destroy(): void {
    this.undoing.destroy();
    this.doc.destroy();
  }

  private placeAt(stages: readonly Stage[], at: number): string {
    const before = stages[at - 1];
    const after = stages[at];
    return between(before ? orderOf(before) : "", after ? orderOf(after) : null);
  }
}

function orderOf({ row }: Stage): string {
  const order = row.get("order");
  return typeof order === "string" ? order : "";
}

/** Change a line of words to `wanted` by the one stretch that differs, so that what others type beside it stays. */
export function rewrite(line: Y.Text, wanted: string): void {
  const had = line.toString();
  let start = 0;
  while (start < had.length && start < wanted.length && had[start] === wanted[start]) start += 1;
  let end = 0;
  while (end < had.length - start && end < wanted.length - start && had[had.length - 1 - end] === wanted[wanted.length - 1 - end]) end += 1;
  line.doc?.transact(() => {
    if (had.length - start - end > 0) line.delete(start, had.length - start - end);
    if (wanted.length - start - end > 0) line.insert(start, wanted.slice(start, wanted.length - end));
  }, LOCAL);
}

/** The plain words of a text, a line a block. */
export function plainWords(fragment: Y.XmlFragment): string {
  return fragment
    .toArray()
    .map((block) => (block instanceof Y.XmlElement ? block.toArray().map(wordsOf).join("") : ""))
    .join("\n");
}

function wordsOf(part: unknown): string {
  if (part instanceof Y.XmlText) return (part.toDelta() as { insert: unknown }[]).map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
  return part instanceof Y.XmlElement ? (part.getAttribute("formula") ?? "") : "";
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}
