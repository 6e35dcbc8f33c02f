/** By which way sound and picture of several rooms go, in words; nothing while there are only two. */
import { useLesson } from "./hooks";
import { t } from "./words";

export function RouteWords() {
  const { route } = useLesson().state;
  return route ? <p class={route === "star" ? "note note-warn" : "muted small"}>{t(route === "star" ? "route_star" : "route_sfu")}</p> : null;
}
