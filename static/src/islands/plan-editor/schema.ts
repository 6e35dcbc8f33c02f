/**
 * What a text of a plan may hold, in ProseMirror's words: the same as `library/lesson_plan.py`, no more.
 *
 * Lists are flat lines that say of themselves what they are: a stage of a lesson needs no lists in lists,
 * and flat lines merge well when two people write.
 */
import { Schema } from "prosemirror-model";

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }, { tag: "h1" }, { tag: "h2" }, { tag: "h3" }], toDOM: () => ["p", 0] },
    bullet: { group: "block", content: "inline*", parseDOM: [{ tag: "ul > li" }, { tag: "p.plan-bullet", priority: 60 }], toDOM: () => ["p", { class: "plan-bullet" }, 0] },
    numbered: { group: "block", content: "inline*", parseDOM: [{ tag: "ol > li" }, { tag: "p.plan-numbered", priority: 60 }], toDOM: () => ["p", { class: "plan-numbered" }, 0] },
    picture: {
      group: "block",
      atom: true,
      attrs: { asset: {}, alt: { default: "" } },
      parseDOM: [{ tag: "img[data-asset]", getAttrs: (img) => ({ asset: img.dataset["asset"], alt: img.getAttribute("alt") ?? "" }) }],
      toDOM: (node) => ["img", { "data-asset": node.attrs["asset"], alt: node.attrs["alt"] }],
    },
    formula: {
      group: "inline",
      inline: true,
      atom: true,
      attrs: { formula: {} },
      parseDOM: [{ tag: "span[data-formula]", getAttrs: (span) => ({ formula: span.dataset["formula"] }) }],
      toDOM: (node) => ["span", { "data-formula": node.attrs["formula"] }, node.attrs["formula"]],
    },
    text: { group: "inline" },
  },
  marks: {
    bold: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
    underline: { parseDOM: [{ tag: "u" }], toDOM: () => ["u", 0] },
    resource: {
      attrs: { resource: {} },
      inclusive: false,
      parseDOM: [{ tag: "a[data-resource]", getAttrs: (link) => ({ resource: link.dataset["resource"] }) }],
      toDOM: (mark) => ["a", { "data-resource": mark.attrs["resource"], href: `/resources/${mark.attrs["resource"]}` }, 0],
    },
  },
});
