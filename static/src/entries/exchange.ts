/**
 * htmx, for pages that swap parts of themselves; loaded by those pages only.
 *
 * The content security policy forbids inline script and style, so htmx must neither evaluate nor
 * inject any. What was pressed says that it waits, and what went wrong stands beside it in words:
 * the server's own, or that it was not reached; the button stays and can be pressed again.
 */
import htmx from "htmx.org";
import { t } from "../shared/i18n";

interface Exchange {
  elt: HTMLElement;
  xhr: XMLHttpRequest;
  headers: Record<string, string>;
}

/** What is said beside each element; it may be gone from the page when its answer comes. */
const lines = new WeakMap<HTMLElement, HTMLElement>();

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
// A line that died without a word is told after a minute, not waited for.
htmx.config.timeout = 60_000;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: false, error: true },
];

follow("htmx:configRequest", ({ headers }) => {
  headers["X-CSRF-Token"] = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  // Errors come as data with one sentence; pages and parts of pages come as they always do.
  headers["Accept"] = "application/json, text/html;q=0.9";
});
follow("htmx:beforeRequest", ({ elt }) => {
  elt.setAttribute("aria-busy", "true");
  say(elt, t("fetching"));
});
follow("htmx:afterRequest", ({ elt }) => {
  elt.removeAttribute("aria-busy");
  const line = lines.get(elt);
  if (line && !line.classList.contains("is-problem")) line.remove();
});
follow("htmx:responseError", ({ elt, xhr }) => say(elt, sentenceOf(xhr) || t("not_fetched"), xhr.status));
follow("htmx:sendError", ({ elt }) => say(elt, t("not_fetched"), 0));
follow("htmx:timeout", ({ elt }) => say(elt, t("not_fetched"), 0));

function follow(name: string, act: (exchange: Exchange) => void): void {
  document.addEventListener(name, (event) => act((event as CustomEvent<Exchange>).detail));
}

function sentenceOf(xhr: XMLHttpRequest): string {
  try {
    return (JSON.parse(xhr.responseText) as { error?: { message?: string } }).error?.message ?? "";
  } catch {
    return ""; // A proxy's page: nothing of ours answered.
  }
}

/** One line beside `element`, spoken by screen readers; `status` is given when it went wrong. */
function say(element: HTMLElement, words: string, status?: number): void {
  const line = lines.get(element) ?? document.createElement("p");
  lines.set(element, line);
  line.className = status === undefined ? "exchange-words" : "exchange-words is-problem";
  line.setAttribute("role", "status");
  if (!line.isConnected) element.after(line);
  line.textContent = words;
  if (status !== 401) return;
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = t("sign_in");
  line.append(" ", link);
}
