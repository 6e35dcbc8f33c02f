/** Words between the adults of a lesson, and calls for help; the classes see none of it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, useLesson, useNow } from "./hooks";
import { nameOf, siteOf, type LessonProps } from "./props";
import { span, t } from "./words";

/** Who said something, by seat: 主讲, the class of an assistant, 技术员; in a meeting a person. */
export function seatName(seat: string, { sites, lead, is_meeting }: LessonProps): string {
  if (seat === "lead") return is_meeting ? lead : t("by_lead", { name: lead });
  if (seat === "tech") return t("by_tech");
  const site = siteOf(seat);
  if (site === null) return t("by_observer");
  const name = nameOf(sites, site);
  if (is_meeting) return sites.find((one) => one.position === site)?.class_name ?? "";
  return seat.startsWith("assist") ? t("by_assist", { name }) : name;
}

interface ChatProps {
  canSay: boolean;
  /** May put a sentence on the screens of all classes. */
  canShow?: boolean;
}

export function Chat({ canSay, canShow = false }: ChatProps) {
  const lesson = useLesson();
  const [text, setText] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const { chat } = lesson.state;
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [chat.length]);
  const say = (event: Event): void => {
    event.preventDefault();
    if (!text.trim()) return;
    lesson.act("chat", "chat:say", { text: text.trim().slice(0, 500) });
    setText("");
  };
  const show = (): void => {
    if (!text.trim()) return;
    lesson.act("chat", "notice:give", { text: text.trim().slice(0, 500) });
    setText("");
  };
  return (
    <div class="chat">
      <ol class="chat-list" ref={list} tabIndex={0} aria-label={t("chat")}>
        {chat.length === 0 && <li class="muted">{t(lesson.props.is_meeting ? "chat_empty_meeting" : "chat_empty")}</li>}
        {chat.map((one) => (
          <li key={one.id} class={one.by === lesson.seat ? "is-own" : ""}>
            <span class="muted small">{seatName(one.by, lesson.props)}</span>
            <p>{one.text}</p>
          </li>
        ))}
      </ol>
      {canSay && (
        <form class="chat-form" onSubmit={say}>
          <label class="hidden-words" for="chat-text">{t("chat_text")}</label>
          <input id="chat-text" class="form-control" maxLength={500} autoComplete="off" placeholder={t("chat_text")} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          <button class="btn btn-plain">{t("send")}</button>
          {canShow && <button type="button" class="btn btn-plain" disabled={lesson.state.phase === "ended"} onClick={show}>{t("show_all")}</button>}
        </form>
      )}
      <Refused of="chat" />
    </div>
  );
}

/** Calls for help that nobody has taken yet. */
export function Helps() {
  const lesson = useLesson();
  const now = useNow();
  const { helps } = lesson.state;
  if (helps.length === 0) return null;
  return (
    <ul class="helps">
      {helps.map((one) => (
        <li key={one.id}>
          <span>{t("help_of", { name: nameOf(lesson.props.sites, one.site), what: t(`help_${one.about}` as "help_other"), time: span(now - one.at) })}</span>
          <button type="button" class="btn btn-plain" onClick={() => lesson.act("help", "help:answer", { help: one.id })}>{t("help_take")}</button>
        </li>
      ))}
      <Refused of="help" />
    </ul>
  );
}
