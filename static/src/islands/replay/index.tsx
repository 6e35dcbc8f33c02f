/** Island `replay`: the board of a lesson in step with its recording. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import "../../styles/replay.scss";
import { Replay, type ReplayProps } from "./Replay";

defineIsland<ReplayProps>("replay", (element, props) => {
  render(<Replay props={props} />, element);
  return () => render(null, element);
});
