/** Island `upload`: files straight to storage, and the form that goes with them. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { UploadPage, type UploadProps } from "./UploadPage";

defineIsland<UploadProps>("upload", (element, props) => {
  render(<UploadPage {...props} />, element);
  return () => render(null, element);
});
