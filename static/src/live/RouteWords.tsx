/** By which way sound and picture of several rooms go, in words; nothing while there are only two. */
import { useLesson } from "./hooks";
import { t } from "./words";

export function RouteWords() {
  const { state, props } = useLesson();
  if (!state.route || (props.is_meeting && state.route === "sfu")) return null;
  const words = state.route === "sfu" ? "route_sfu" : props.is_meeting ? "route_star_meeting" : "route_star";
  return <p class={state.route === "star" ? "note note-warn" : "muted small"}>{t(words)}</p>;
}
