/** Lets the browser keep a copy of the room's pages, so that a reload without a line shows them. */

const PROGRAM = "/terminal/worker.js";
/** Its own page and lessons; the pages of people are none of its business. */
const SCOPES = ["/terminal", "/live/"];

/** Asks for it; browsers allow it over https and on this machine only, and without it all goes on as long as the line does. */
export function keepPages(): void {
  if (!("serviceWorker" in navigator)) return;
  for (const scope of SCOPES) {
    navigator.serviceWorker.register(PROGRAM, { scope, updateViaCache: "none" }).catch((error: unknown) => console.info("pages are not kept", error));
  }
}
