/** Which key does what. Pure: a key and where it was pressed → a command, or null to leave it alone. */

export type Command =
  | { do: "toggle" | "mute" | "captions" | "fullscreen" | "slower" | "faster" }
  | { do: "move"; by: number }
  | { do: "volume"; by: number }
  | { do: "share"; of: number };

export interface Press {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * `field`: typing goes there; `button`: space and enter belong to it; `choice`: arrows do too;
 * `slider`: arrows only; `page`: outside the player, where keys that move a page stay the page's.
 */
export type Spot = "plain" | "button" | "choice" | "slider" | "field" | "page";

const COMMANDS: Readonly<Record<string, Command>> = {
  k: { do: "toggle" },
  " ": { do: "toggle" },
  j: { do: "move", by: -10 },
  l: { do: "move", by: 10 },
  arrowleft: { do: "move", by: -5 },
  arrowright: { do: "move", by: 5 },
  arrowup: { do: "volume", by: 0.1 },
  arrowdown: { do: "volume", by: -0.1 },
  m: { do: "mute" },
  c: { do: "captions" },
  f: { do: "fullscreen" },
  "<": { do: "slower" },
  ">": { do: "faster" },
  home: { do: "share", of: 0 },
  end: { do: "share", of: 1 },
};

export function commandOf(press: Press, spot: Spot): Command | null {
  if (spot === "field" || press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = press.key.toLowerCase();
  if ((spot === "button" || spot === "choice") && (key === " " || key === "enter")) return null;
  if ((spot === "choice" || spot === "slider") && /^(arrow|home|end)/.test(key)) return null;
  if (spot === "page" && /^(arrow(up|down)|home|end|[0-9])$/.test(key)) return null;
  if (/^[0-9]$/.test(key)) return { do: "share", of: Number(key) / 10 };
  return COMMANDS[key] ?? null;
}

/** Say what kind of spot `target` is; the bar of time counts as plain, its arrows are ours. */
export function spotOf(target: EventTarget | null): Spot {
  if (!(target instanceof Element)) return "plain";
  if (target === document.body) return "page";
  if (target.closest("textarea, select, [contenteditable='true']")) return "field";
  const input = target.closest("input");
  if (input) {
    if (input.type === "range") return input.closest(".player-sound") ? "slider" : "plain";
    return input.type === "radio" || input.type === "checkbox" ? "choice" : "field";
  }
  return target.closest("button, a[href], summary") ? "button" : "plain";
}

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The next speed up or down; the ends hold. */
export function nextRate(rate: number, step: 1 | -1): number {
  const nearest = RATES.reduce((best, one, index) => (Math.abs(one - rate) < Math.abs((RATES[best] as number) - rate) ? index : best), 0);
  return RATES[Math.min(RATES.length - 1, Math.max(0, nearest + step))] as number;
}
