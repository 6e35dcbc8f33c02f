/**
 * Brings islands to life: each module of src/islands registers itself here, and every
 * `<div data-island="noun" data-props='{…}'>` on the page, now or after an htmx swap, is mounted once.
 *
 * An island returns how to undo itself; it is undone when its element leaves the page.
 */
import { whenTextsReady } from "./i18n";

export type Unmount = () => void;
export type Mount<Props> = (element: HTMLElement, props: Props) => Unmount | void;

interface Registry {
  mounts: Map<string, Mount<unknown>>;
  alive: Map<HTMLElement, Unmount>;
}

// One registry for the page: entries are separate bundles and may each carry a copy of this module.
const page = globalThis as typeof globalThis & { hubIslands?: Registry };
const registry: Registry = (page.hubIslands ??= { mounts: new Map(), alive: new Map() });

/** Register the island `noun` and mount it wherever the page already has it. */
export function defineIsland<Props>(noun: string, mount: Mount<Props>): void {
  registry.mounts.set(noun, mount as Mount<unknown>);
  void whenTextsReady().then(() => mountIn(document.documentElement));
}

/** Mount every registered island inside `root` that is not alive yet. */
export function mountIn(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-island]")) {
    const mount = registry.mounts.get(element.dataset["island"] ?? "");
    if (!mount || registry.alive.has(element)) continue;
    const props: unknown = JSON.parse(element.dataset["props"] ?? "{}");
    // Alive before mounting: an island that swaps its own content must not be mounted twice.
    registry.alive.set(element, () => undefined);
    const placeholder = element.querySelector("[data-placeholder]");
    placeholder?.remove();
    const unmount = mount(element, props);
    if (unmount) registry.alive.set(element, unmount);
    element.dataset["mounted"] = "";
  }
}

/** Undo every island whose element is no longer on the page. */
export function unmountGone(): void {
  for (const [element, unmount] of registry.alive) {
    if (element.isConnected) continue;
    registry.alive.delete(element);
    unmount();
  }
}

/** Follow htmx: new content is mounted, removed content is undone. Called once, by the shell. */
export function followSwaps(): void {
  document.addEventListener("htmx:afterSwap", () => {
    unmountGone();
    mountIn(document.documentElement);
  });
}
