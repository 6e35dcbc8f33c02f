/**
 * The screen of a class: the board full, the lead's picture in a corner, words only when something changes.
 *
 * Nothing here is to be pressed once the lesson is on; only while the stage is theirs may a class write on the board
 * with a finger. Before it there is one button, to check the room; after it the screen goes back to the room's day by itself.
 * Rule: the board is covered by what the lead shows instead of it alone, never while somebody is to read it.
 */
import { useEffect, useState } from "preact/hooks";
import { CastPlace } from "../../live/cast/CastPlace";
import { Board } from "../../live/Board";
import { CheckDoor } from "../../live/check/CheckDoor";
import { useLesson, useNow } from "../../live/hooks";
import type { Tool } from "../../live/ink";
import { HeldSound, MediaWords, useCarrier } from "../../live/MediaControls";
import { MediaPlace } from "../../live/MediaPlace";
import { cameraPlace, shownToAll } from "../../live/media/cameras";
import { siteOf } from "../../live/props";
import { RecordingSign } from "../../live/recording/Sign";
import { Stocker } from "../../live/stock/stocker";
import { useTalkKey } from "../../live/Talk";
import { VoiceHeard } from "../../live/Voice";
import { Wall } from "../../live/Wall";
import "../../styles/camera.scss";
import { keepAwake } from "../../live/wake";
import { t } from "../../live/words";
import { CarryOn } from "./CarryOn";
import { isOver } from "./leaving";
import { Ribbon } from "./Ribbon";

const CARRY_ON_MS = 60_000;
const SITE_COLOURS = [2, 1, 3, 4, 5];
const isTouch = (): boolean => window.matchMedia("(any-pointer: coarse)").matches;

export function Screen() {
  const lesson = useLesson();
  const now = useNow();
  const { state, props, line, client } = lesson;
  const site = siteOf(lesson.seat) ?? 0;
  const isStage = state.stage?.site === site;
  const tool: Tool = { kind: isStage && state.phase === "running" && isTouch() ? "pen" : "none", colour: SITE_COLOURS[site % SITE_COLOURS.length]!, width: 5 };
  const isLongCut = line === "cut" && Date.now() - client.lineSince > CARRY_ON_MS && state.phase === "running";
  useEffect(keepAwake, []);
  useEffect(() => {
    const isBusy = (): boolean => lesson.state.phase === "running" || lesson.state.phase === "paused";
    return new Stocker({ isBusy, arrived: () => void lesson.slides.lookHere() }).start();
  }, [lesson]);
  const carrier = useCarrier();
  // A room needs nobody to press anything: its screen takes the room's sound unless a device there has it.
  const takes = site !== 0 && line === "joined" && state.phase !== "ended" && carrier?.holder === "nobody" && carrier.own === "off";
  useEffect(() => {
    if (takes) void carrier?.start();
  }, [takes]);
  useTalkKey(carrier, site !== 0 && state.phase === "running");
  // Who is on stage elsewhere is heard here where the way of the lesson lets them be.
  const staged = state.stage?.site;
  const guest = staged !== undefined && staged !== 0 && staged !== site && state.route === "sfu" ? staged : null;
  // Work from another class that the lead shows to all: over the board, as soon as there is a picture of it here.
  const shown = shownToAll(state);
  const work = shown !== null && shown !== site && carrier?.hears(cameraPlace(shown)) ? cameraPlace(shown) : null;
  // Only with a line: without one there may be no page to go to.
  const leaves = line === "joined" && isOver(state, props.ends_at, now);
  useEffect(() => {
    if (leaves) location.assign("/terminal");
  }, [leaves]);

  return (
    <div class={`screen ${isStage ? "is-stage" : ""} ${isLongCut ? "has-card" : ""}`}>
      <Board tool={tool} />
      <Wall />
      {work !== null && <div class="screen-document"><MediaPlace key={work} site={work} words="" /></div>}
      {site !== 0 && <div class="screen-corner">{props.is_watched ? <CastPlace url={props.cast} /> : <MediaPlace site={0} words="" />}</div>}
      {guest !== null && <div class="screen-corner screen-guest"><MediaPlace site={guest} words="" /></div>}
      {site !== 0 && state.phase === "running" && <ScreenMedia site={site} isTalking={carrier?.isTalking ?? false} />}
      {isLongCut && <CarryOn />}
      {!isLongCut && state.phase === "planned" && <Cover title={props.title} words={line === "connecting" ? t("screen_connecting") : now < props.starts_at ? t("screen_soon") : t("screen_waiting", { name: props.lead })} isBefore />}
      {!isLongCut && state.phase === "paused" && <Cover title={t("screen_paused")} words={t("screen_paused_more")} />}
      {!isLongCut && state.phase === "ended" && <Cover title={t("screen_ended")} words={t("screen_ended_more")} />}
      {!isLongCut && <Ribbon site={site} />}
      <RecordingSign />
      <HeldSound />
    </div>
  );
}

/** What a class is told of its own sound and picture: a held microphone, a clip that plays, what does not work. */
function ScreenMedia({ site, isTalking }: { site: number; isTalking: boolean }) {
  return (
    <div class="screen-media">
      {isTalking && <p class="screen-talking" role="status">{t("talk_open")}</p>}
      <VoiceHeard site={site} />
      <MediaWords isBare />
    </div>
  );
}

function Cover({ title, words, isBefore = false }: { title: string; words: string; isBefore?: boolean }) {
  const [isChecking, check] = useState(false);
  return (
    <div class={`screen-cover ${isChecking ? "is-checking" : ""}`}>
      <h2>{title}</h2>
      <p role="status">{words}</p>
      {isBefore && <CheckDoor onOpen={check} />}
    </div>
  );
}
