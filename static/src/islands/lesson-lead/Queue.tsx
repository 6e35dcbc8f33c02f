/**
 * The one line under the board: whoever waits first, else the buzz, a call for help, the countdown, or what
 * the prompter would say. Never more than one thing at a time; all hands are behind a number.
 */
import { useState } from "preact/hooks";
import { Refused, useLesson, useNow } from "../../live/hooks";
import { nameOf } from "../../live/props";
import { prompt } from "../../live/sites";
import type { Hand } from "../../live/state";
import { Countdown } from "../../live/Timer";
import { span, t } from "../../live/words";

interface QueueProps {
  onStage: (site: number) => void;
}

export function Queue({ onStage }: QueueProps) {
  const lesson = useLesson();
  const now = useNow();
  const [isOpen, open] = useState(false);
  const { hands, helps, buzz, timer } = lesson.state;
  const { sites } = lesson.props;
  const waiting = [...hands].sort((one, other) => Number(one.called_at ?? 0) - Number(other.called_at ?? 0) || one.at - other.at);
  const first = waiting[0];
  const row = (hand: Hand) => (
    <div class="queue-row" key={hand.id}>
      <span class="queue-words">
        <strong>{nameOf(sites, hand.site)}{hand.who && ` ${t("seat_no", { who: hand.who })}`}</strong>{" "}
        {hand.called_at ? t("is_called") : t("waits", { time: span(now - hand.at) })}
      </span>
      {hand.called_at
        ? <button type="button" class="btn btn-plain" onClick={() => lesson.act("queue", "hand:lower", { hand: hand.id })}>{t("hand_done")}</button>
        : <button type="button" class="btn btn-primary" onClick={() => lesson.act("queue", "hand:call", { hand: hand.id })}>{t("call")}</button>}
      {hand.site !== 0 && !lesson.props.is_watched && lesson.state.stage?.site !== hand.site && <button type="button" class="btn btn-plain" onClick={() => onStage(hand.site)}>{t("stage_take")}</button>}
      {!hand.called_at && <button type="button" class="btn btn-quiet" onClick={() => lesson.act("queue", "hand:lower", { hand: hand.id })}>{t("hand_down")}</button>}
    </div>
  );

  let content;
  if (helps[0]) {
    const help = helps[0];
    content = (
      <div class="queue-row is-help">
        <span class="queue-words">{t("help_of", { name: nameOf(sites, help.site), what: t(`help_${help.about}` as "help_other"), time: span(now - help.at) })}</span>
        <button type="button" class="btn btn-plain" onClick={() => lesson.act("queue", "help:answer", { help: help.id })}>{t("help_take")}</button>
      </div>
    );
  } else if (buzz) {
    content = (
      <div class="queue-row">
        <span class="queue-words">{buzz.presses.length > 0 ? buzz.presses.map((press, place) => t("buzz_place", { n: place + 1, name: nameOf(sites, press.site) })).join("　") : t("buzz_open")}</span>
        {!buzz.presses.some((press) => press.site === 0) && <button type="button" class="btn btn-plain" onClick={() => lesson.act("queue", "buzz:press", { buzz: buzz.id, site: 0, rtt_ms: Math.min(2000, lesson.client.rttMs) })}>{t("buzz_own")}</button>}
        <button type="button" class="btn btn-primary" onClick={() => lesson.act("queue", "buzz:close", { buzz: buzz.id })}>{t("buzz_close")}</button>
      </div>
    );
  } else if (first) {
    content = row(first);
  } else if (timer) {
    content = (
      <div class="queue-row">
        <Countdown />
        <button type="button" class="btn btn-plain" onClick={() => lesson.act("queue", "timer:stop", { timer: timer.id })}>{t("timer_stop")}</button>
      </div>
    );
  } else {
    const hint = prompt(lesson, now);
    content = (
      <div class="queue-row">
        <p class="queue-words muted" role="status">{hint?.words ?? t("queue_calm")}</p>
        {hint && <button type="button" class="btn btn-plain" onClick={() => onStage(hint.site)}>{t("stage_take")}</button>}
      </div>
    );
  }
  return (
    <div class="queue">
      {isOpen && waiting.length > 1 && <div class="queue-all">{waiting.map(row)}</div>}
      {content}
      {waiting.length > 1 && <button type="button" class="btn btn-quiet" aria-expanded={isOpen} onClick={() => open(!isOpen)}>{t("hands_all", { n: waiting.length })}</button>}
      <Refused of="queue" />
    </div>
  );
}
