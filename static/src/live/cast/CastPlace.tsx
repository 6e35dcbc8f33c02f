/**
 * The corner of a class that only watches: the lead's picture, some seconds late, and the board held back by as much, so
 * that what is written and what is said about it come together. One press lets the board run ahead. Whether sound is here
 * is told to the lesson as other rooms tell their rung.
 */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import "../../styles/cast.scss";
import { useLesson } from "../hooks";
import { siteOf } from "../props";
import { SoundDoor } from "../SoundDoor";
import { t } from "../words";
import { CastPlayer } from "./player";

/** Half a minute without sound is not told: at the beginning, and when a part of the way dies, it takes as long to come. */
const TOLD_AFTER_MS = 30_000;

export function CastPlace({ url }: { url: string | null }) {
  useReport(false, !url);
  if (!url) return <p class="cast-words" role="status">{t("cast_none")}</p>;
  return <Playing url={url} />;
}

function Playing({ url }: { url: string }) {
  const lesson = useLesson();
  const video = useRef<HTMLVideoElement>(null);
  const [player, setPlayer] = useState<CastPlayer | null>(null);
  const [isNewest, seekNewest] = useState(false);
  const newest = useRef(false);
  newest.current = isNewest;
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const { client } = lesson;
    const until = (): number => (newest.current ? Infinity : made.moment);
    let shown = "";
    const made = new CastPlayer(video.current!, url, () => {
      client.showUntil(until);
      const now = `${made.standing} ${made.late(lesson.now())}`;
      if (now !== shown) redraw(undefined as never);
      shown = now;
    });
    setPlayer(made);
    return () => {
      made.close();
      client.showUntil(() => Infinity);
    };
  }, [url]);
  useReport(player?.standing === "on", true);

  const late = player?.late(lesson.now()) ?? null;
  return (
    <div class={`cast ${player?.standing === "on" ? "is-on" : ""}`}>
      <video ref={video} playsInline aria-label={t("cast_picture", { name: lesson.props.lead })} />
      <p class="cast-words" role="status">{words()}</p>
      {late !== null && (
        <button type="button" class="btn btn-plain cast-newest" aria-pressed={isNewest} onClick={() => seekNewest(!isNewest)}>
          {t(isNewest ? "cast_together" : "cast_newest")}
        </button>
      )}
      {player?.standing === "held" && <SoundDoor onOpen={() => player.open()} />}
    </div>
  );

  function words(): string {
    if (player?.standing === "standing") return t("cast_standing");
    if (player?.standing !== "on" || late === null) return t("cast_coming");
    return t(isNewest ? "cast_behind" : "cast_late", { n: late });
  }
}

function useReport(hasSound: boolean, isWanted: boolean): void {
  const lesson = useLesson();
  const told = useRef("");
  const isRunning = lesson.state.phase === "running";
  useEffect(() => {
    const rung = hasSound ? "video360" : "text";
    if (!isWanted || !isRunning || told.current === rung) return;
    const timer = setTimeout(() => {
      told.current = rung;
      lesson.act("link", "link:report", { site: siteOf(lesson.seat), rung });
    }, hasSound ? 0 : TOLD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [hasSound, isWanted, isRunning]);
}
