/** Island `lesson-camera`: the page of a phone that films what lies on a table, for one room of one lesson. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import "../../styles/camera.scss";
import { Companion } from "./Companion";
import { Phone } from "./phone";

defineIsland<{ lesson: string | null }>("lesson-camera", (element, { lesson }) => {
  const phone = new Phone(lesson);
  render(<Companion phone={phone} />, element);
  return () => {
    phone.close();
    render(null, element);
  };
});
