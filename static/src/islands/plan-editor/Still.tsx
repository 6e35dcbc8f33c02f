/** A text as it stands while nobody here writes in it: a plan of thirty stages has no room for a hundred editors. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import * as Y from "yjs";
import { drawFormula } from "./formulas.ts";
import { useChanges, useStore } from "./store.ts";
import { pictureAddress } from "./writing.ts";

export function Still({ text }: { text: Y.XmlFragment }) {
  const { props } = useStore();
  useChanges(text);
  return <>{text.toArray().map((block, index) => (block instanceof Y.XmlElement ? <Block key={index} block={block} plan={props.plan} /> : null))}</>;
}

function Block({ block, plan }: { block: Y.XmlElement; plan: string }) {
  if (block.nodeName === "picture") {
    const asset = block.getAttribute("asset");
    return asset ? <p class="plan-picture"><img src={pictureAddress(plan, asset)} alt={block.getAttribute("alt") ?? ""} loading="lazy" /></p> : null;
  }
  const runs = block.toArray().map((part, index) => {
    if (part instanceof Y.XmlText) return <Words key={index} words={part} />;
    return part instanceof Y.XmlElement && part.nodeName === "formula" ? <Formula key={index} latex={part.getAttribute("formula") ?? ""} /> : null;
  });
  return <p class={`plan-${block.nodeName}`}>{runs.length ? runs : <br />}</p>;
}

interface Piece {
  insert: unknown;
  attributes?: { bold?: unknown; underline?: unknown; resource?: { resource?: string } };
}

function Words({ words }: { words: Y.XmlText }) {
  return (
    <>
      {(words.toDelta() as Piece[]).map(({ insert, attributes = {} }) => {
        if (typeof insert !== "string") return null;
        let shown: ComponentChildren = insert;
        if (attributes.underline) shown = <u>{shown}</u>;
        if (attributes.bold) shown = <strong>{shown}</strong>;
        const resource = attributes.resource?.resource;
        return resource ? <a href={`/resources/${encodeURIComponent(resource)}`}>{shown}</a> : shown;
      })}
    </>
  );
}

export function Formula({ latex }: { latex: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => drawFormula(place.current!, latex), [latex]);
  return <span ref={place} class="plan-formula" />;
}
