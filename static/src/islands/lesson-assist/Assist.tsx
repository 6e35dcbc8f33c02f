/**
 * The assistant's panel: the slide small on top, one line that says how things are, five big buttons.
 *
 * It is for a teacher alone with two grades: everything is one press and a number, and a press counts with
 * the line down too. What fits the moment (a question that is open, a race) comes first by itself.
 */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icon";
import { CameraSheet } from "../../live/CameraSheet";
import { Board } from "../../live/Board";
import { CheckDoor } from "../../live/check/CheckDoor";
import { Refused, useLesson } from "../../live/hooks";
import { lastPoll, PollCount } from "../../live/Poll";
import { siteOf } from "../../live/props";
import { Reflect } from "../../live/Reflect";
import { TopLine } from "../../live/TopLine";
import { keepAwake } from "../../live/wake";
import { t } from "../../live/words";
import { Works } from "../../live/Works";
import { Camera } from "./Camera";
import { HandSheet, HeadsSheet, HelpSheet } from "./Sheets";
import { MoodSheet, ReportSheet, TicketSheet } from "./Counts";
import { Now } from "./Now";
import { RoomMedia } from "./RoomMedia";
import { Chat } from "../../live/Chat";
import { Wall } from "../../live/Wall";

const BIG = ["hand", "heads", "photo", "votes", "help"] as const;
const SMALL = ["ticket", "mood", "works", "chat", "camera", "media", "report"] as const;
/** Once the lesson is over. */
const LATER = ["works", "reflect", "ticket", "chat", "report"] as const;
type Small = (typeof SMALL)[number] | (typeof LATER)[number];
type Sheet = (typeof BIG)[number] | Small;
const ICONS = { hand: "hand", heads: "people", photo: "camera", votes: "poll", help: "help" } as const;

export function Assist() {
  const lesson = useLesson();
  const { state } = lesson;
  const site = siteOf(lesson.seat) ?? 1;
  const [shown, show] = useState<Sheet | null>(null);
  const [done, setDone] = useState("");
  const [isChecking, check] = useState(false);
  const poll = lastPoll(state);
  const isOpen = poll?.is_open === true;
  const isAnswered = isOpen && String(site) in poll.answers;
  const isOver = state.phase === "ended";
  useEffect(keepAwake, []);
  useEffect(() => {
    if (isOver) show("report");
  }, [isOver]);

  const end = (words: string) => (): void => {
    show(null);
    // With the line down the words below say that it is kept: "the lead will see it" would be too early.
    if (lesson.line === "joined") setDone(words);
  };
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(""), 4_000);
    return () => clearTimeout(timer);
  }, [done]);

  const isNow = (name: Sheet): boolean => name === "votes" && isOpen && !isAnswered;
  const canPress = (name: Sheet): boolean => (name === "votes" ? poll !== null && (isOpen || isOver) : name === "hand" ? state.phase === "running" || state.phase === "paused" : true);
  return (
    <div class="assist">
      <TopLine isBrief />
      <div class="assist-board"><Board /><Wall /></div>
      <div class="assist-main">
        <Now site={site} />
        {done && <p class="assist-done" role="status"><Icon name="check" />{done}</p>}
        {shown === null && state.phase === "planned" && <CheckDoor onOpen={check} />}
        {shown === null && !(isChecking && state.phase === "planned") && (
          <>
            <div class="big-buttons">
              {BIG.map((name) => (
                <button key={name} type="button" class={`big-button big-${name} ${isNow(name) ? "is-now" : ""}`} disabled={!canPress(name)} onClick={() => show(name)}>
                  <Icon name={ICONS[name]} />
                  <span>{t(`big_${name}`)}</span>
                  <small>{hint(name)}</small>
                </button>
              ))}
            </div>
            <div class="small-buttons">
              {(isOver ? LATER : SMALL).map((name) => <button key={name} type="button" class="btn btn-plain" onClick={() => show(name)}>{t(`small_${name}`)}</button>)}
            </div>
            <Refused of="hand" /><Refused of="heads" /><Refused of="answer" />
          </>
        )}
        {shown !== null && (
          <section class="assist-sheet" aria-label={titleOf(shown)}>
            <header>
              <h2>{titleOf(shown)}</h2>
              <button type="button" class="btn btn-quiet" onClick={() => show(null)}>{t("back")}</button>
            </header>
            {shown === "hand" && <HandSheet site={site} onDone={end(t("done_hand"))} />}
            {shown === "heads" && <HeadsSheet site={site} onDone={end(t("done_heads"))} />}
            {shown === "photo" && <Camera site={site} onDone={end(t("done_photo"))} />}
            {shown === "votes" && poll && <PollCount key={poll.id} poll={poll} site={site} onDone={end(t("done_votes"))} />}
            {shown === "help" && <HelpSheet site={site} onDone={end(t("done_help"))} />}
            {shown === "ticket" && <TicketSheet site={site} onDone={end(t("done_counts"))} />}
            {shown === "mood" && <MoodSheet site={site} onDone={end(t("done_counts"))} />}
            {shown === "report" && <ReportSheet site={site} onDone={end(t("done_report"))} />}
            {shown === "works" && <Works />}
            {shown === "reflect" && <Reflect onDone={end(t("done_reflect"))} />}
            {shown === "camera" && <CameraSheet site={site} />}
            {shown === "media" && <RoomMedia site={site} />}
            {shown === "chat" && <Chat canSay />}
          </section>
        )}
      </div>
    </div>
  );

  function hint(name: (typeof BIG)[number]): string {
    const count = state.heads[String(site)];
    const hands = state.hands.filter((hand) => hand.site === site).length;
    if (name === "hand") return hands > 0 ? t("hint_hand_up", { n: hands }) : t("hint_hand");
    if (name === "heads") return count === undefined ? t("hint_heads") : t("hint_heads_done", { n: count });
    if (name === "photo") return t("hint_photo");
    if (name === "votes") return t(!isOpen ? "hint_votes_none" : isAnswered ? "hint_votes_done" : "hint_votes_now");
    return t("hint_help");
  }
}

function titleOf(sheet: Sheet): string {
  return (BIG as readonly string[]).includes(sheet) ? t(`big_${sheet as (typeof BIG)[number]}`) : t(`small_${sheet as Small}`);
}
