/** The thin line above a page of a lesson: what is taught, how the line is, how long it still goes on. */
import type { ComponentChildren } from "preact";
import { useLesson, useNow } from "./hooks";
import { RecordingSign } from "./recording/Sign";
import type { Lesson } from "./store";
import { span, t } from "./words";

/** How the line to the server is, in words; with what waits to be sent. */
export function lineWords(lesson: Lesson, isBrief = false): { words: string; tone: "ok" | "busy" | "warn" } {
  const waiting = lesson.client.outbox.size;
  if (lesson.line === "joined") return { words: t("line_ok"), tone: "ok" };
  if (lesson.line === "connecting") return { words: t("line_connecting"), tone: "busy" };
  const since = span(Date.now() - lesson.client.lineSince);
  return { words: waiting > 0 && !isBrief ? t("line_cut_waiting", { time: since, n: waiting }) : t("line_cut", { time: since }), tone: "warn" };
}

/** Where the lesson is: before it, how far, paused, over. */
export function phaseWords(lesson: Lesson, now: number): string {
  const { phase, ends_at, ended_at } = lesson.state;
  const { starts_at, ends_at: planned } = lesson.props;
  if (phase === "planned") {
    if (now < starts_at) return t("phase_begins", { time: span(starts_at - now) });
    return t("phase_waiting");
  }
  if (phase === "paused") return t("phase_paused");
  if (phase === "ended") return ended_at && now - ended_at > 60_000 ? t("phase_ended_ago", { time: span(now - ended_at) }) : t("phase_ended");
  const left = (ends_at ?? planned) - now;
  return left >= 0 ? t("phase_left", { time: span(left) }) : t("phase_over", { time: span(-left) });
}

interface TopLineProps {
  children?: ComponentChildren;
  /** What waits to be sent is told elsewhere on the page. */
  isBrief?: boolean;
}

export function TopLine({ children, isBrief = false }: TopLineProps) {
  const lesson = useLesson();
  const now = useNow();
  const line = lineWords(lesson, isBrief);
  return (
    <header class="top-line">
      <a class="top-back" href="/" aria-label={t("leave")} title={t("leave")}>‹</a>
      <p class="top-title"><strong>{lesson.props.title}</strong> <span class="muted">{lesson.props.subject}</span></p>
      <p class={`top-phase ${lesson.state.phase === "running" ? "is-live" : ""}`}>{phaseWords(lesson, now)}</p>
      <p class={`state state-${line.tone} top-state`} role="status">{line.words}</p>
      <RecordingSign />
      {children}
    </header>
  );
}
