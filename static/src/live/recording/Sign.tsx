/** The sign that a lesson is recorded, on every page of it. Its style comes with it. */
import { useLesson } from "../hooks";
import { isThere } from "../sites";
import { t } from "../words";
import "../../styles/recording.scss";

/** Says that the lead's sound and picture are recorded: to everybody, all the time, from the lesson's own log. */
export function RecordingSign() {
  const { state } = useLesson();
  const { recording, phase } = state;
  if (!recording || phase === "ended") return null;
  const isOn = phase === "running" && isThere(state.seats, recording.device);
  return <p class={`recording-sign ${isOn ? "is-on" : ""}`} role="status">{t(isOn ? "recording_on" : "recording_waits")}</p>;
}
