/** Island `terminal-day`: the page of a room's device between its lessons. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import "../../styles/terminal.scss";
import { Day } from "./Day";
import type { RoomDay } from "./when";

defineIsland<{ day: RoomDay }>("terminal-day", (element, { day }) => {
  render(<Day day={day} />, element);
  return () => render(null, element);
});
