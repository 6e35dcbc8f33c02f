/**
 * Island `search`: suggestions under every search box of the page (`input[type=search][name=q]`).
 *
 * An ARIA combobox over the box that works without us: Enter sends the form, with the suggestion that
 * the arrow keys chose. Errors stay silent: who types gets their search with or without suggestions.
 */
import { api } from "../../shared/api";
import { texts } from "../../shared/i18n";
import { defineIsland } from "../../shared/mount";
import { isWorthAsking, moved, type Suggestion } from "./choice";
import { cutAll } from "./cut";
import zh from "./zh.json";

const PAUSE_MS = 150;
const t = texts(zh, () => import("./en.json"));

defineIsland("search", () => {
  const cut = (): void => cutAll(document);
  cut();
  document.addEventListener("htmx:afterSettle", cut);
  const undo = [...document.querySelectorAll<HTMLInputElement>('form[role="search"] input[name="q"]')].map(enhance);
  return () => {
    document.removeEventListener("htmx:afterSettle", cut);
    undo.forEach((end) => end());
  };
});

function enhance(box: HTMLInputElement): () => void {
  const form = box.form;
  if (!form) return () => undefined;
  const list = document.createElement("ul");
  list.id = `${box.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", t("list"));
  list.hidden = true;
  box.after(list);
  const given = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(given)) box.setAttribute(name, value);

  let shown: Suggestion[] = [];
  let at = -1;
  let typed = box.value;
  let asked = "";
  let timer = 0;
  let request: AbortController | null = null;

  function close(): void {
    window.clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function show(found: Suggestion[]): void {
    shown = found;
    at = -1;
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    box.removeAttribute("aria-activedescendant");
  }

  function option(one: Suggestion, place: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const words = document.createElement("span");
    words.textContent = one.text;
    const source = document.createElement("span");
    source.className = "suggestion-source";
    source.textContent = t(one.source);
    item.append(words, source);
    // Pressing must not take the focus from the box before the click arrives.
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => send(one.text));
    return item;
  }

  function mark(place: number): void {
    at = place;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    box.value = at < 0 ? typed : (shown[at]?.text ?? typed);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function send(words: string): void {
    box.value = words;
    close();
    form?.requestSubmit?.();
  }

  async function ask(words: string): Promise<void> {
    request?.abort();
    request = new AbortController();
    asked = words;
    try {
      const path = `/api/v1/search/suggestions?q=${encodeURIComponent(words.slice(0, 60))}`;
      const reply = await api<{ suggestions: Suggestion[] }>(path, { signal: request.signal });
      if (words === typed.trim() && document.activeElement === box) show(reply.suggestions);
    } catch {
      // Asked again with the next key.
    }
  }

  function onInput(event: Event): void {
    typed = box.value;
    window.clearTimeout(timer);
    const words = typed.trim();
    if (!words) {
      asked = "";
      close();
    } else if (isWorthAsking(words, asked, (event as InputEvent).isComposing === true)) {
      timer = window.setTimeout(() => void ask(words), PAUSE_MS);
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      box.value = typed;
      close();
      return;
    }
    const place = list.hidden ? null : moved(event.key, at, shown.length);
    if (place !== null) {
      event.preventDefault();
      mark(place);
    }
  }

  const hear: [string, EventListener][] = [
    ["input", onInput],
    ["compositionend", onInput],
    ["keydown", onKey as EventListener],
    ["blur", close],
  ];
  for (const [name, listener] of hear) box.addEventListener(name, listener);
  form.addEventListener("submit", close);
  return () => {
    close();
    for (const [name, listener] of hear) box.removeEventListener(name, listener);
    form.removeEventListener("submit", close);
    for (const name of Object.keys(given)) box.removeAttribute(name);
    list.remove();
  };
}
