/** Island `progress`: the truth about files that are still being prepared. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { Work, type WorkProps } from "./Work";

defineIsland<WorkProps>("progress", (element, props) => {
  render(<Work {...props} />, element);
  return () => render(null, element);
});
