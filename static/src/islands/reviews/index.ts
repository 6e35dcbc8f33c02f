/**
 * Island `reviews`: the keys of the queue. j and k go to the next and previous work, 1–4 tick the
 * checks, a approves, r goes to the reason.
 *
 * Rule: a key does what a press on the page does, nothing else; keys typed into a field are text.
 */
import { defineIsland } from "../../shared/mount";

defineIsland<object>("reviews", () => {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = ACTS[event.key];
    if (act?.()) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
});

const ACTS: Readonly<Record<string, () => boolean>> = {
  j: () => go(1),
  k: () => go(-1),
  "1": () => press("1"),
  "2": () => press("2"),
  "3": () => press("3"),
  "4": () => press("4"),
  a: () => press("a"),
  r: () => focusReason(),
};

function go(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".review-list .row-title a")];
  const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  const next = links[at + by];
  if (next) location.assign(next.href);
  return next !== undefined;
}

function press(key: string): boolean {
  const control = document.querySelector<HTMLElement>(`.review-form [data-key="${key}"]`);
  control?.click();
  control?.focus();
  return control !== null;
}

function focusReason(): boolean {
  const field = document.getElementById("reason");
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return field !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
}
