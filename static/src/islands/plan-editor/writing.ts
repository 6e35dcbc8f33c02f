/** The editor of one text: ProseMirror over a fragment of the shared document, with the cursors of the others. */
import { baseKeymap, splitBlockAs, toggleMark } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { EditorState, NodeSelection, TextSelection, type Command } from "prosemirror-state";
import { EditorView, type NodeView } from "prosemirror-view";
import { yCursorPlugin, ySyncPlugin } from "y-prosemirror";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { drawFormula } from "./formulas.ts";
import { schema } from "./schema.ts";

interface Wanted {
  place: HTMLElement;
  text: Y.XmlFragment;
  plan: string;
  label: string;
  awareness: Awareness;
  undo: () => void;
  redo: () => void;
  changed: () => void;
}

const { bold, underline } = schema.marks;
const { paragraph, bullet, numbered } = schema.nodes;

export function openText({ place, text, plan, label, awareness, undo, redo, changed }: Wanted): EditorView {
  const run = (act: () => void): Command => () => (act(), true);
  const state = EditorState.create({
    schema,
    plugins: [
      ySyncPlugin(text),
      yCursorPlugin(awareness, { cursorBuilder, selectionBuilder }),
      keymap({
        "Mod-b": toggleMark(bold!),
        "Mod-u": toggleMark(underline!),
        "Mod-z": run(undo),
        "Mod-y": run(redo),
        "Shift-Mod-z": run(redo),
        "Shift-Mod-8": lineAs("bullet"),
        "Shift-Mod-7": lineAs("numbered"),
        Enter: nextLine,
        Backspace: plainAgain,
      }),
      keymap(baseKeymap),
    ],
  });
  return new EditorView(place, {
    state,
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, class: "plan-text" },
    nodeViews: { formula: (node) => new FormulaView(node), picture: (node) => new PictureView(node, plan) },
    // The shared text is put in while the editor is being made, when nobody else has it yet.
    // And what others did may arrive a moment after it was left.
    dispatchTransaction(this: EditorView, transaction) {
      if (this.isDestroyed) return;
      this.updateState(this.state.apply(transaction));
      changed();
    },
  });
}

/** Make the lines of the selection items of a list, or plain again when they are. */
export function lineAs(kind: "bullet" | "numbered"): Command {
  return (state, dispatch) => {
    const wanted = schema.nodes[kind]!;
    const { from, to } = state.selection;
    let areAll = true;
    state.doc.nodesBetween(from, to, (node) => (node.isTextblock && node.type !== wanted && (areAll = false), true));
    if (dispatch) dispatch(state.tr.setBlockType(from, to, areAll ? paragraph! : wanted));
    return true;
  };
}

export function putFormula(view: EditorView, formula: string): void {
  view.dispatch(view.state.tr.replaceSelectionWith(schema.nodes["formula"]!.create({ formula }), false).scrollIntoView());
  view.focus();
}

export function putPicture(view: EditorView, asset: string, alt: string): void {
  view.dispatch(view.state.tr.replaceSelectionWith(schema.nodes["picture"]!.create({ asset, alt })).scrollIntoView());
  view.focus();
}

/** Make what is selected a link to a work of the library; with nothing selected, its title stands there. */
export function putLink(view: EditorView, resource: string, title: string): void {
  const mark = schema.marks["resource"]!.create({ resource });
  const { from, to, empty } = view.state.selection;
  const change = view.state.tr;
  view.dispatch(empty ? change.replaceSelectionWith(schema.text(title, [mark]), false) : change.addMark(from, to, mark));
  view.focus();
}

/** The formula that is selected; its words go into the form again. */
export function chosenFormula(view: EditorView | null): string {
  const selection = view?.state.selection;
  return selection instanceof NodeSelection && selection.node.type.name === "formula" ? String(selection.node.attrs["formula"]) : "";
}

/** Put the cursor where somebody pressed, or at the end. */
export function enterAt(view: EditorView, at: { left: number; top: number } | null): void {
  const found = at ? view.posAtCoords(at) : null;
  const place = view.state.doc.resolve(found ? found.pos : view.state.doc.content.size);
  view.dispatch(view.state.tr.setSelection(TextSelection.near(place, found ? 1 : -1)));
  view.focus();
}

/** An item goes on as an item; an empty one ends the list. */
const nextLine: Command = (state, dispatch, view) => {
  const line = state.selection.$from.parent;
  if (line.type !== bullet && line.type !== numbered) return false;
  if (line.content.size === 0) return plain(state, dispatch);
  return splitBlockAs((node) => ({ type: node.type }))(state, dispatch, view);
};

/** Backspace at the start of an item makes it a plain line first. */
const plainAgain: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const isItem = $from.parent.type === bullet || $from.parent.type === numbered;
  return empty && isItem && $from.parentOffset === 0 ? plain(state, dispatch) : false;
};

const plain: Command = (state, dispatch) => {
  dispatch?.(state.tr.setBlockType(state.selection.from, state.selection.to, paragraph!));
  return true;
};

class FormulaView implements NodeView {
  readonly dom = document.createElement("span");

  constructor(node: Node) {
    this.dom.className = "plan-formula";
    drawFormula(this.dom, String(node.attrs["formula"]));
  }

  ignoreMutation(): boolean {
    return true;
  }
}

class PictureView implements NodeView {
  readonly dom = document.createElement("p");

  constructor(node: Node, plan: string) {
    this.dom.className = "plan-picture";
    const image = document.createElement("img");
    image.src = pictureAddress(plan, String(node.attrs["asset"]));
    image.alt = String(node.attrs["alt"]);
    this.dom.append(image);
  }

  ignoreMutation(): boolean {
    return true;
  }
}

export function pictureAddress(plan: string, asset: string): string {
  return `/plans/${plan}/pictures/${encodeURIComponent(asset)}`;
}

interface User {
  name: string;
  tone: number;
}

/** Colours by class: the page's policy allows no style in markup. */
function cursorBuilder(user: unknown): HTMLElement {
  const { name, tone } = user as User;
  const caret = document.createElement("span");
  caret.className = `plan-caret tone-${tone}`;
  const label = document.createElement("span");
  label.textContent = name;
  caret.append(label);
  return caret;
}

function selectionBuilder(user: unknown): { class: string } {
  return { class: `plan-selected tone-${(user as User).tone}` };
}
