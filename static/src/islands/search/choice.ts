/** What the keys do in the list of suggestions. Pure: -1 is the box itself, where the typed words stand. */

export interface Suggestion {
  text: string;
  source: "own" | "title" | "unit";
}

/** Return the place that `key` leads to, or null when the key is not one of the list's. */
export function moved(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown") return at + 1 < count ? at + 1 : -1;
  if (key === "ArrowUp") return at >= 0 ? at - 1 : count - 1;
  return null;
}

/** Return whether what was typed is worth asking for: not while an input method is still composing. */
export function isWorthAsking(words: string, asked: string, isComposing: boolean): boolean {
  return !isComposing && words.trim() !== asked.trim() && words.trim().length > 0;
}
