/**
 * The board beside the player, in step with it both ways: whatever second plays or is sought, the lesson's log is folded
 * up to its moment. What was asked and how the classes answered stands below the board while it was open.
 */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { api, ApiError } from "../../shared/api";
import type { Deck } from "../../live/slides";
import type { Fact, Poll, State } from "../../live/state";
import { followMarks, followPlayer } from "./follow";
import { Sheet } from "./Sheet";
import { momentOf, Past, type Placed } from "./timeline";
import { t } from "./words";

export interface ReplayProps {
  lesson: string;
  placed: Placed[];
  decks: Deck[];
  sites: { position: number; name: string }[];
  facts_url: string;
}

export function Replay({ props }: { props: ReplayProps }) {
  const [past, setPast] = useState<Past | null>(null);
  const [problem, setProblem] = useState("");
  const [version, redraw] = useReducer((count: number) => count + 1, 0);
  const second = useRef(0);
  const load = (): void => {
    setProblem("");
    api<{ facts: Fact[] }>(props.facts_url).then(
      ({ facts }) => setPast(new Past(props.lesson, facts)),
      (error: unknown) => setProblem(error instanceof ApiError ? error.message : String(error)),
    );
  };
  useEffect(load, []);
  useEffect(() => {
    const go = (at: number): void => {
      second.current = at;
      if (past?.go(momentOf(props.placed, at))) redraw(undefined as never);
    };
    go(second.current);
    return followPlayer(go);
  }, [past]);
  useEffect(() => followMarks(), []);

  if (problem) return <p class="replay-words" role="alert">{t("failed", { message: problem })} <button type="button" class="btn btn-plain" onClick={load}>{t("retry")}</button></p>;
  if (!past) return <p class="replay-words" role="status">{t("loading")}</p>;
  return (
    <section class="replay-board" aria-label={t("board")}>
      <Sheet state={past.state} decks={props.decks} version={version} />
      <Now state={past.state} sites={props.sites} />
    </section>
  );
}

/** What was going on at this moment, in words. */
function Now({ state, sites }: { state: State; sites: ReplayProps["sites"] }) {
  const poll = Object.values(state.polls).filter((one) => one.is_open).pop();
  const stage = state.stage && sites.find((site) => site.position === state.stage!.site);
  return (
    <div class="replay-now" aria-live="off">
      {stage && <p>{t("stage", { name: stage.name })}</p>}
      {poll && <p>{t("question", { question: poll.question })} <span class="muted">{votes(poll)}</span></p>}
    </div>
  );
}

function votes(poll: Poll): string {
  const answers = Object.values(poll.answers);
  if (answers.length === 0) return "";
  return poll.choices.map((choice, at) => t("votes", { choice, n: answers.reduce((sum, counts) => sum + (counts[at] ?? 0), 0) })).join(" · ");
}
