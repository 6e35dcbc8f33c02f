/** How the board knows the second that plays, and how the list beside it moves the player: by the player's own events. */

const LOOK_MS = 100;

/** Tell every second that plays or is sought, between the player's own words too; returns how to stop. */
export function followPlayer(go: (second: number) => void): () => void {
  let told = 0;
  const heard = (event: Event): void => {
    told = (event as CustomEvent<{ at_s: number }>).detail.at_s;
    go(told);
    mark(told);
  };
  // The player speaks once a second; strokes come faster.
  const timer = setInterval(() => {
    const video = document.querySelector<HTMLVideoElement>(".replay video");
    if (video && !video.paused && Math.abs(video.currentTime - told) < 2) go(video.currentTime);
  }, LOOK_MS);
  document.addEventListener("hub:time", heard);
  return () => {
    clearInterval(timer);
    document.removeEventListener("hub:time", heard);
  };
}

/** A press on what happened plays it, the second time too, when the address does not change. */
export function followMarks(): () => void {
  const pressed = (event: Event): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".mark") : null;
    if (!link || link.hash !== location.hash) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("hub:seek", { detail: { at_s: Number(link.dataset["at"]) } }));
  };
  document.addEventListener("click", pressed);
  return () => document.removeEventListener("click", pressed);
}

/** Show in the list what happened last. */
function mark(second: number): void {
  let current: HTMLAnchorElement | null = null;
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".mark")) {
    link.removeAttribute("aria-current");
    if (Number(link.dataset["at"]) <= second + 0.5) current = link;
  }
  current?.setAttribute("aria-current", "true");
}
