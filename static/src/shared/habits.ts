/**
 * Small habits of every page, each one function that listens on the document once.
 *
 * They listen on the document, not on elements, so that content brought by htmx has them too.
 */
import { t } from "./i18n";

/** Close an open menu when pressing outside of it or Escape (focus goes back to its button). */
export function closeMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** The theme buttons act at once; their form tells the server, which renders it from then on. */
export function rememberTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('button[name="theme"]');
    if (!button?.form) return;
    event.preventDefault();
    const root = document.documentElement;
    if (button.value === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = button.value;
    for (const other of button.form.querySelectorAll<HTMLButtonElement>('button[name="theme"]')) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const body = new FormData(button.form);
    body.set("theme", button.value);
    // Losing this request costs only the memory of the choice, so its failure is not told.
    fetch(button.form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => undefined);
  });
}

/** `<button data-shows="password-id">` toggles between dots and letters. */
export function showPasswords(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-shows]");
    if (!button) return;
    const field = document.getElementById(button.dataset["shows"] ?? "") as HTMLInputElement | null;
    if (!field) return;
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = button.dataset[shown ? "show" : "hide"] ?? "";
    button.setAttribute("aria-label", t(shown ? "show_password" : "hide_password"));
    field.focus();
  });
}

/** A form is sent once: on a slow line the second press of an impatient finger does nothing. */
export function submitOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset["sent"] !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "";
    const button = (event as SubmitEvent).submitter;
    button?.setAttribute("aria-busy", "true");
  });
  // Coming back by the back button shows the page as it was left: it may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
}

/** `<select data-goes>` inside a GET form submits on change; its button is for pages without script. */
export function chooseAtOnce(): void {
  document.addEventListener("change", (event) => {
    const select = (event.target as Element).closest<HTMLSelectElement>("select[data-goes]");
    if (select?.form) select.form.submit();
  });
}

/** `<button data-copies="text">` puts the text on the clipboard and says so. */
export function copyOnPress(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-copies]");
    if (!button) return;
    navigator.clipboard?.writeText(button.dataset["copies"] ?? "").then(
      () => (button.textContent = t("copied")),
      () => undefined,
    );
  });
}

/** A picture that does not come (its address ran out, the line was cut) leaves its place empty, not broken. */
export function hideLostPictures(): void {
  document.addEventListener(
    "error",
    (event) => {
      const picture = event.target;
      if (picture instanceof HTMLImageElement && picture.closest(".still, .moments")) picture.hidden = true;
    },
    true,
  );
}

/** Who signs out takes the copies of their pages along; what they wrote and did not hand in stays theirs, and hidden. */
export function forgetCopies(): void {
  document.addEventListener("submit", (event) => {
    if (new URL((event.target as HTMLFormElement).action, location.href).pathname !== "/sign-out" || !("caches" in window)) return;
    const pages = ["/observe", "/observe/new"];
    void caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("hub-observe-")).map(async (name) => {
      const cache = await caches.open(name);
      await Promise.all(pages.map((page) => cache.delete(page, { ignoreVary: true })));
    })));
  });
}
