/** The documents of a resource, one shown at a time; with several, tabs above say which. */
import { useEffect, useRef, useState } from "preact/hooks";
import { texts } from "../../shared/i18n";
import { Roll } from "./Roll";
import zh from "./zh.json";

const t = texts(zh, () => import("./en.json"));

export interface DocumentRow {
  asset_id: string;
  filename: string;
  pages: number;
  first_page: string | null;
}

export interface DocumentsProps {
  documents: readonly DocumentRow[];
  /** Who reads, to stand over each page; empty where that is not wanted. */
  watermark: string;
  /** The page that the address names, as search hits do. */
  place: Place | null;
}

export interface Place {
  assetId: string;
  page: number;
  /** What to mark there. */
  words: readonly string[];
}

export function Documents({ documents, watermark, place }: DocumentsProps) {
  const named = documents.findIndex((one) => one.asset_id === place?.assetId);
  const [chosen, choose] = useState(Math.max(0, named));
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (named >= 0) choose(named);
  }, [place]);

  const onKey = (event: KeyboardEvent): void => {
    const last = documents.length - 1;
    const to = { ArrowRight: chosen === last ? 0 : chosen + 1, ArrowLeft: chosen === 0 ? last : chosen - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    tabs.current?.querySelectorAll("button")[to]?.focus();
  };

  const shown = documents[chosen];
  if (!shown) return null;
  const roll = <Roll key={shown.asset_id} watermark={watermark} {...shown} {...(place?.assetId === shown.asset_id ? { at: place.page, words: place.words } : {})} />;
  if (documents.length === 1) return roll;
  return (
    <>
      <div class="document-tabs" role="tablist" aria-label={t("documents")} ref={tabs} onKeyDown={onKey}>
        {documents.map((one, number) => (
          <button key={one.asset_id} type="button" role="tab" id={`tab-${one.asset_id}`} aria-selected={number === chosen} aria-controls="document-shown" tabIndex={number === chosen ? 0 : -1} title={one.filename} onClick={() => choose(number)}>
            {one.filename}
          </button>
        ))}
      </div>
      <div id="document-shown" role="tabpanel" aria-labelledby={`tab-${shown.asset_id}`}>{roll}</div>
    </>
  );
}
