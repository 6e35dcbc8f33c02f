/**
 * What the four pages of a lesson share: one lesson a page, the words while it cannot be entered, and the
 * end of it all when the page is left. The stylesheet of lessons comes with this module only.
 */
import { render, type ComponentChildren, type FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { defineIsland } from "../shared/mount";
import "../styles/live.scss";
import { LessonContext, useLesson } from "./hooks";
import { Carrier } from "./media/carrier";
import { CarrierContext } from "./MediaControls";
import { siteOf, type LessonProps } from "./props";
import { Lesson } from "./store";
import { t } from "./words";

/** Define the island of a page whose whole content is `Page`; `carries` when it has sound and picture of a room. */
export function defineLessonPage(noun: string, Page: FunctionComponent, carries = false): void {
  defineIsland<LessonProps>(noun, (element, props) => {
    const lesson = new Lesson(props);
    const site = siteOf(props.seat);
    const sends = site === 0 || !props.is_watched;
    const carrier = carries && site !== null && sends ? new Carrier(lesson, site) : null;
    const content = (
      <LessonContext.Provider value={lesson}>
        <CarrierContext.Provider value={carrier}>
          <Door>
            <Page />
          </Door>
        </CarrierContext.Provider>
      </LessonContext.Provider>
    );
    render(content, element);
    return () => {
      carrier?.close();
      lesson.close();
      render(null, element);
    };
  });
}

/** So long the screen of a class shows why it was not let in; then it goes back to the room's day by itself. */
const SHUT_SHOWN_MS = 60_000;

function Door({ children }: { children: ComponentChildren }) {
  const { shut, props } = useLesson();
  const isRoom = props.seat.startsWith("class:");
  useEffect(() => {
    if (!shut || !isRoom) return;
    const timer = setTimeout(() => location.assign("/terminal"), SHUT_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shut, isRoom]);
  if (!shut) return <>{children}</>;
  const isSignedOut = shut.code === "not_signed_in";
  const here = encodeURIComponent(location.pathname + location.search);
  return (
    <div class="live-shut" role="alert">
      <h2>{t(isSignedOut ? "shut_signed_out" : "shut")}</h2>
      {!isSignedOut && <p>{shut.message}</p>}
      <p>{t("shut_kept")}</p>
      <div class="actions">
        {isSignedOut && <a class="btn btn-primary" href={`/sign-in?next=${here}`}>{t("sign_in")}</a>}
        <a class={`btn ${isSignedOut ? "btn-plain" : "btn-primary"}`} href="/">{t("home")}</a>
      </div>
    </div>
  );
}
