/**
 * Island `arrange`: the works of a collection are put in order by dragging their handle, or by the
 * buttons, without leaving the page; what was moved is said aloud.
 *
 * Rule: the list works without us; when keeping fails the old order comes back, with the server's words.
 */
import { api, ApiError } from "../../shared/api";
import { texts } from "../../shared/i18n";
import { defineIsland } from "../../shared/mount";
import { putBefore, step } from "./order";
import zh from "./zh.json";

const t = texts(zh, () => import("./en.json"));

interface Props {
  collection_id: string;
}

defineIsland<Props>("arrange", (place, props) => {
  const list = document.getElementById("items");
  if (!list) return;
  const words = document.createElement("p");
  words.className = "exchange-words";
  words.setAttribute("role", "status");
  place.append(words);
  const handles = rows(list).map((row) => withHandle(row));
  let dragged: HTMLElement | null = null;
  let before: string[] = [];

  const keep = async (order: string[], old: string[], id: string): Promise<void> => {
    show(list, order);
    words.textContent = t("moved", { n: order.indexOf(id) + 1, total: order.length });
    try {
      await api(`/api/v1/collections/${props.collection_id}/order`, { method: "PUT", body: { resource_ids: order } });
    } catch (error) {
      show(list, old);
      words.textContent = error instanceof ApiError ? error.message : String(error);
    }
  };
  const onClick = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-moves]");
    const row = button?.closest<HTMLElement>("[data-id]");
    if (!button || !row) return;
    event.preventDefault();
    const id = row.dataset["id"] ?? "";
    const old = orderOf(list);
    void keep(step(old, id, button.dataset["moves"] === "up" ? -1 : 1), old, id);
    // A button that reached the end is switched off: its neighbour takes the focus.
    (button.disabled ? row.querySelector<HTMLElement>("button[data-moves]:not([disabled])") : button)?.focus();
  };
  const onStart = (event: DragEvent): void => {
    dragged = (event.target as Element).closest<HTMLElement>("[data-id]");
    before = orderOf(list);
    dragged?.classList.add("is-dragged");
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  };
  const onOver = (event: DragEvent): void => {
    const over = (event.target as Element).closest<HTMLElement>("[data-id]");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    const next = event.clientY < box.top + box.height / 2 ? over : over.nextElementSibling;
    show(list, putBefore(orderOf(list), dragged.dataset["id"] ?? "", (next as HTMLElement | null)?.dataset["id"] ?? null));
  };
  const onDrop = (event: DragEvent): void => event.preventDefault();
  const onEnd = (event: DragEvent): void => {
    if (!dragged) return;
    const id = dragged.dataset["id"] ?? "";
    dragged.classList.remove("is-dragged");
    dragged.draggable = false;
    dragged = null;
    const order = orderOf(list);
    // Escape, or a drop outside, means: as it was.
    if (event.dataTransfer?.dropEffect === "none") show(list, before);
    else if (order.join() !== before.join()) void keep(order, before, id);
  };
  list.addEventListener("click", onClick);
  list.addEventListener("dragstart", onStart);
  list.addEventListener("dragover", onOver);
  list.addEventListener("drop", onDrop);
  list.addEventListener("dragend", onEnd);
  return () => {
    list.removeEventListener("click", onClick);
    list.removeEventListener("dragstart", onStart);
    list.removeEventListener("dragover", onOver);
    list.removeEventListener("drop", onDrop);
    list.removeEventListener("dragend", onEnd);
    handles.forEach((handle) => handle.remove());
    words.remove();
  };
});

function rows(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(":scope > [data-id]")];
}

function orderOf(list: HTMLElement): string[] {
  return rows(list).map((row) => row.dataset["id"] ?? "");
}

/** Put the rows in that order and switch off the buttons that lead nowhere. */
function show(list: HTMLElement, order: readonly string[]): void {
  const focused = document.activeElement as HTMLElement | null;
  const byId = new Map(rows(list).map((row) => [row.dataset["id"] ?? "", row]));
  const wanted = order.flatMap((id) => byId.get(id) ?? []);
  wanted.forEach((row, at) => {
    // Only what stands elsewhere is moved: a row that is taken out loses the focus.
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    for (const button of row.querySelectorAll<HTMLButtonElement>("button[data-moves]")) {
      button.disabled = button.dataset["moves"] === "up" ? at === 0 : at === wanted.length - 1;
    }
  });
  if (focused !== document.activeElement) focused?.focus();
}

/** The handle is for the pointer alone; the keyboard has the buttons. */
function withHandle(row: HTMLElement): HTMLElement {
  const handle = document.createElement("span");
  handle.className = "shelf-handle no-print";
  handle.title = t("drag");
  handle.setAttribute("aria-hidden", "true");
  handle.addEventListener("pointerdown", () => (row.draggable = true));
  handle.addEventListener("pointerup", () => (row.draggable = false));
  row.prepend(handle);
  return handle;
}
