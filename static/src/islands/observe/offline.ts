/** Lets the browser keep a copy of the pages of observation, so that one can begin without a line. */

const PROGRAM = "/observe/worker.js";

/** Browsers allow it over https and on this machine only; without it all goes on as long as the page stays open. */
export function keepPages(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(PROGRAM, { scope: "/observe", updateViaCache: "none" }).catch((error: unknown) => console.info("pages are not kept", error));
}
