/** The steps of coding: which one runs, which were missed, and what a press makes of the codes. Pure. */

export const GAP = "-";

/** The step that runs at a second, from 0; before the beginning there is none. */
export function stepAt(second: number, from: number, interval: number): number {
  return second < from ? -1 : Math.floor((second - from) / interval);
}

/** Write a code at a step; steps that were passed over are gaps. */
export function coded(codes: readonly string[], step: number, code: string): string[] {
  const found = [...codes];
  while (found.length < step) found.push(GAP);
  found[step] = code;
  return found;
}

/** Take back the last code that was given; gaps behind it go too. */
export function undone(codes: readonly string[]): string[] {
  const found = [...codes];
  while (found.length > 0 && found[found.length - 1] === GAP) found.pop();
  found.pop();
  while (found.length > 0 && found[found.length - 1] === GAP) found.pop();
  return found;
}

/** The steps before the running one that nobody coded. */
export function missed(codes: readonly string[], running: number): number[] {
  const found: number[] = [];
  for (let step = 0; step < running; step += 1) if ((codes[step] ?? GAP) === GAP) found.push(step);
  return found;
}

/** Give every gap the code before it: where nothing was pressed, nothing changed. */
export function filled(codes: readonly string[]): string[] {
  const found: string[] = [];
  for (const code of codes) found.push(code === GAP ? (found[found.length - 1] ?? GAP) : code);
  return found;
}

/** FIAS by key: 1 to 9, and 0 for ten. */
export function fiasOf(key: string): string | null {
  return /^[0-9]$/.test(key) ? (key === "0" ? "10" : key) : null;
}

export function stOf(key: string): string | null {
  const letter = key.toUpperCase();
  return letter === "T" || letter === "S" ? letter : null;
}

/** True where a key is meant as text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("textarea, select, input:not([type=checkbox]):not([type=radio]), [contenteditable]");
}
