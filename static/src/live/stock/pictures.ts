/** The pages of a lesson as they lie on this device. Pure. */
import type { Deck } from "../slides.ts";
import type { Stock } from "./types.ts";

export type Pictures = Map<string, { width: number; url: string }[]>;

/** Document and page → the pictures of it that are here, the smallest first. */
export function picturesOf(stock: Stock | null, held: ReadonlySet<string>): Pictures {
  const found: Pictures = new Map();
  for (const file of stock?.files ?? []) {
    if (file.piece !== "page" || file.width === null || !held.has(file.sha256)) continue;
    const page = `${file.deck}/${file.page}`;
    found.set(page, [...(found.get(page) ?? []), { width: file.width, url: `/live/stock/${file.sha256}` }]);
  }
  for (const pictures of found.values()) pictures.sort((one, other) => one.width - other.width);
  return found;
}

/** The documents of the lesson, for a screen that reaches nobody who could say more. */
export function decksOf(stock: Stock | null): Deck[] {
  return (stock?.decks ?? []).map((deck) => ({ ...deck, pages: deck.pages.map((page) => ({ ...page, images: [] })) }));
}
