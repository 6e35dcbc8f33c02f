/** What other features lay on the table of a meeting, such as the plan that is talked about: it is taken over the board. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../live/words";

/** The papers of this page as the server gave them; null for a meeting over slides alone. */
export function papers(): HTMLElement | null {
  return document.getElementById("meeting-papers");
}

export function Papers({ isShown }: { isShown: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const given = papers();
    if (!given) return;
    given.hidden = false;
    place.current?.append(given);
  }, []);
  return <div ref={place} class="meeting-papers" hidden={!isShown} />;
}

export function Choice({ isReading, read }: { isReading: boolean; read: (is: boolean) => void }) {
  return (
    <div class="choice" role="group" aria-label={t("meeting_shows")}>
      <button type="button" aria-pressed={isReading} onClick={() => read(true)}>{t("meeting_papers")}</button>
      <button type="button" aria-pressed={!isReading} onClick={() => read(false)}>{t("meeting_board")}</button>
    </div>
  );
}
