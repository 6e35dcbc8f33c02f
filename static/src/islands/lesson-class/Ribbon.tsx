/** The ribbon under the board: of all that is going on the latest, in large words; gone when it is over. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLesson, useNow } from "../../live/hooks";
import { lastPoll, PollBars } from "../../live/Poll";
import { nameOf } from "../../live/props";
import type { State } from "../../live/state";
import { Countdown } from "../../live/Timer";
import { span, t } from "../../live/words";

const CUT_TOLD_MS = 10_000;
const RESULT_SHOWN_MS = 25_000;
const NOTICE_SHOWN_MS = 20_000;
const OVER_SHOWN_MS = 8_000;

/** Something to be told, and since when. */
interface Told {
  at: number;
  look: string;
  content: ComponentChildren;
}

export function Ribbon({ site }: { site: number }) {
  const lesson = useLesson();
  const now = useNow(500);
  const { state, props, line, client } = lesson;
  const poll = lastPoll(state);
  const closedAt = useClosing(poll?.id ?? "", poll?.is_open ?? false, now);
  const cutFor = Date.now() - client.lineSince;

  if (line === "cut" && cutFor > CUT_TOLD_MS) return <p class="ribbon ribbon-warn" role="alert">{t("screen_cut", { time: span(cutFor) })}</p>;
  if (state.phase !== "running") return null;

  const told: (Told | null)[] = [notice(), buzz(), question(), result(), timer(), stage(), called()];
  const latest = told.reduce((one, other) => (other && (!one || other.at > one.at) ? other : one), null);
  return latest && <div class={`ribbon ${latest.look}`} role="status">{latest.content}</div>;

  function notice(): Told | null {
    const found = [...state.notices].reverse().find((one) => (one.site === null || one.site === site) && now - one.at < NOTICE_SHOWN_MS);
    return found ? { at: found.at, look: "", content: <p>{found.text}</p> } : null;
  }

  function buzz(): Told | null {
    if (!state.buzz) return null;
    return { at: state.buzz.at, look: "ribbon-live", content: <p>{raceWords(state.buzz.presses, site, (at) => nameOf(props.sites, at))}</p> };
  }

  function question(): Told | null {
    if (!poll?.is_open) return null;
    const choices = <ol class="big-choices">{poll.choices.map((choice, at) => <li key={at}>{choice}</li>)}</ol>;
    return { at: poll.at, look: "ribbon-poll", content: <><p>{poll.question}</p>{choices}</> };
  }

  function result(): Told | null {
    if (!poll || !closedAt || now - closedAt > RESULT_SHOWN_MS) return null;
    return { at: closedAt, look: "ribbon-poll", content: <><p>{poll.question}</p><PollBars poll={poll} /></> };
  }

  function timer(): Told | null {
    const { timer: running } = state;
    if (!running || now > running.ends_at + OVER_SHOWN_MS) return null;
    const isLocal = running.kind === "local";
    const content = <><Countdown isBig />{isLocal && <p>{t("screen_local")}</p>}</>;
    return { at: running.ends_at - running.seconds * 1000, look: `ribbon-timer ${isLocal ? "ribbon-local" : ""}`, content };
  }

  function stage(): Told | null {
    const { stage: held } = state;
    if (!held || (held.site === 0 && site !== 0)) return null;
    if (held.site === site) return { at: held.at, look: "ribbon-live", content: <p>{t("screen_stage")}</p> };
    return { at: held.at, look: "", content: <p>{t("screen_other_stage", { name: nameOf(props.sites, held.site) })}</p> };
  }

  function called(): Told | null {
    const hand = state.hands.find((one) => one.site === site && one.called_at);
    if (!hand?.called_at) return null;
    return { at: hand.called_at, look: "ribbon-live", content: <p>{hand.who ? t("screen_called_seat", { who: hand.who }) : t("screen_called")}</p> };
  }
}

function raceWords(presses: NonNullable<State["buzz"]>["presses"], site: number, name: (site: number) => string): string {
  const place = presses.findIndex((press) => press.site === site);
  if (place === 0) return t("screen_buzz_first");
  if (place > 0) return t("screen_buzz_place", { n: place + 1 });
  return presses[0] ? t("screen_buzz_other", { name: name(presses[0].site) }) : t("screen_buzz");
}

/** When a question that was open here was closed; 0 for one that was over when this page came. */
function useClosing(id: string, isOpen: boolean, now: number): number {
  const [seen, see] = useState({ id: "", closedAt: 0 });
  useEffect(() => {
    if (isOpen) see({ id, closedAt: 0 });
    else if (seen.id === id && id && !seen.closedAt) see({ id, closedAt: now });
  }, [id, isOpen]);
  return seen.id === id ? seen.closedAt : 0;
}
