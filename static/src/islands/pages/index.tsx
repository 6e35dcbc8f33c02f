/** Island `pages`: the documents of a resource as pictures of their pages. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { type DocumentRow, Documents, type Place } from "./Documents";

defineIsland<{ documents: readonly DocumentRow[]; watermark?: string }>("pages", (element, { documents, watermark }) => {
  const show = (): void => {
    const place = placeNamed();
    const isOurs = documents.some((one) => one.asset_id === place?.assetId);
    render(<Documents documents={documents} watermark={watermark ?? ""} place={isOurs ? place : null} />, element);
    if (isOurs) element.scrollIntoView({ block: "start" });
  };
  show();
  addEventListener("hashchange", show);
  return () => {
    removeEventListener("hashchange", show);
    render(null, element);
  };
});

/** The page that the address names, as search hits do, with the words to mark there: `#page-<asset>-<number>~<word>~<word>`. */
function placeNamed(): Place | null {
  const [, assetId, page, words = ""] = /^#page-([^~]+)-(\d+)((?:~[^~]*)*)$/.exec(location.hash) ?? [];
  return assetId ? { assetId, page: Number(page), words: words.split("~").filter(Boolean).map(decoded) } : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
