/** Island `batch`: a zip, and if need be its table beside it, sent like every upload, then handed in to be checked. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { BatchPage, type BatchProps } from "./BatchPage";

defineIsland<BatchProps>("batch", (element, props) => {
  render(<BatchPage {...props} />, element);
  return () => render(null, element);
});
