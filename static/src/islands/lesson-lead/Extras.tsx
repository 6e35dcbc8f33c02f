/** What is opened now and then: question, buzz, countdown, groups and points, words to the others. One at a time. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon";
import { Chat, Helps } from "../../live/Chat";
import { Refused, useLesson } from "../../live/hooks";
import { lastPoll, PollForm } from "../../live/Poll";
import { TimerForm } from "../../live/Timer";
import { t } from "../../live/words";
import { Works } from "../../live/Works";
import { Groups } from "./Groups";

const SHEETS = ["poll", "timer", "groups", "works", "chat"] as const;
type Sheet = (typeof SHEETS)[number];
const ICONS = { poll: "poll", timer: "clock", groups: "people", works: "picture", chat: "talk" } as const;

export function Extras() {
  const lesson = useLesson();
  const [shown, show] = useState<Sheet | null>(null);
  const [read, setRead] = useState(0);
  const [seen, see] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const { chat, buzz, phase, photos } = lesson.state;
  const isOn = phase === "running" || phase === "paused";
  const unread = shown === "chat" ? 0 : chat.filter((one) => one.at > read && one.by !== lesson.seat).length;
  const last = chat[chat.length - 1]?.at ?? 0;
  useEffect(() => {
    if (shown === "chat") setRead(last);
    if (shown === "works") see(photos.length);
  }, [shown, last, photos.length]);
  useEffect(() => {
    if (!shown) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") show(null);
    };
    document.addEventListener("keydown", onKey);
    place.current?.querySelector<HTMLElement>(".sheet-title")?.focus();
    return () => document.removeEventListener("keydown", onKey);
  }, [shown]);

  const count = (sheet: Sheet): number => {
    if (sheet === "chat") return unread;
    if (sheet === "works") return Math.max(0, photos.length - seen);
    const poll = sheet === "poll" ? lastPoll(lesson.state) : null;
    return poll?.is_open ? Object.keys(poll.answers).length : 0;
  };
  const button = (sheet: Sheet) => (
    <button key={sheet} type="button" class="tool" aria-expanded={shown === sheet} disabled={sheet !== "chat" && sheet !== "works" && !isOn} onClick={() => show(shown === sheet ? null : sheet)}>
      <Icon name={ICONS[sheet]} />
      <span>{t(`sheet_${sheet}`)}</span>
      {count(sheet) > 0 && <b class="tool-count">{count(sheet)}</b>}
    </button>
  );
  return (
    <div class="extras" ref={place}>
      {button("poll")}
      <button type="button" class="tool" disabled={!isOn} aria-pressed={buzz !== null} onClick={() => (buzz ? lesson.act("buzz", "buzz:close", { buzz: buzz.id }) : lesson.act("buzz", "buzz:open"))}>
        <Icon name="bolt" />
        <span>{t(buzz ? "buzz_close" : "sheet_buzz")}</span>
      </button>
      {SHEETS.slice(1).map(button)}
      <Refused of="buzz" />
      {shown && (
        <section class="sheet-over" aria-label={t(`sheet_${shown}`)}>
          <header>
            <h2 class="sheet-title" tabIndex={-1}>{t(`sheet_${shown}`)}</h2>
            <button type="button" class="round" aria-label={t("close")} onClick={() => show(null)}><Icon name="close" /></button>
          </header>
          {shown === "poll" && <PollForm />}
          {shown === "timer" && <TimerForm onDone={() => show(null)} />}
          {shown === "groups" && <Groups />}
          {shown === "works" && <Works onShow={() => show(null)} />}
          {shown === "chat" && <><Helps /><Chat canSay canShow /></>}
        </section>
      )}
    </div>
  );
}
