/**
 * Captions drawn by ourselves over the picture or the slide, large enough for a classroom; only the
 * chosen file is fetched. The system's own drawing is used in the phone's own full screen.
 */
import { useEffect, useState } from "preact/hooks";
import { recall, remember } from "./memory";
import type { Session } from "./session";
import type { CaptionTrack } from "./types";

export interface CaptionChoice {
  chosen: CaptionTrack | null;
  isLarge: boolean;
  lines: string[];
  choose(track: CaptionTrack | null): void;
  toggle(): void;
  toggleLarge(): void;
}

export function useCaptions(session: Session | null): CaptionChoice {
  const [id, setId] = useState<string | null>(null);
  const [isLarge, setLarge] = useState(() => recall().largeCaptions);
  const [lines, setLines] = useState<string[]>([]);
  const tracks = session?.captions ?? [];
  const chosen = tracks.find((one) => one.id === id) ?? null;

  useEffect(() => {
    const language = recall().captions;
    if (language !== null) setId(tracks.find((one) => one.lang === language)?.id ?? null);
  }, [session]);
  useEffect(() => {
    setLines([]);
    if (session === null || chosen === null) return undefined;
    return showWhenFresh(session, chosen, setLines);
  }, [session, chosen?.id]);

  const choose = (track: CaptionTrack | null): void => {
    remember({ captions: track?.lang ?? null });
    setId(track?.id ?? null);
  };
  return {
    chosen,
    isLarge,
    lines,
    choose,
    toggle: () => choose(chosen ? null : (tracks[0] ?? null)),
    toggleLarge: () => {
      remember({ largeCaptions: !isLarge });
      setLarge(!isLarge);
    },
  };
}

/** A track switched on after an hour of watching needs a new address first. */
function showWhenFresh(session: Session, chosen: CaptionTrack, show: (lines: string[]) => void): () => void {
  let stop: (() => void) | null = null;
  let isOver = false;
  const begin = (): void => {
    if (isOver) return;
    stop = follow(session.video, session.captions.find((one) => one.id === chosen.id) ?? chosen, show);
  };
  if (session.addresses.isFresh) begin();
  else void session.addresses.renew().then(begin, begin);
  return () => {
    isOver = true;
    stop?.();
  };
}

function follow(video: HTMLVideoElement, chosen: CaptionTrack, show: (lines: string[]) => void): () => void {
  const element = document.createElement("track");
  element.kind = "subtitles";
  element.src = chosen.url;
  element.srclang = chosen.lang;
  element.label = chosen.label;
  video.append(element);
  const track = element.track;
  track.mode = "hidden";
  const changed = (): void => {
    const cues = Array.from(track.activeCues ?? []) as VTTCue[];
    show(cues.flatMap((cue) => (cue.getCueAsHTML().textContent ?? "").split("\n")));
  };
  const outside = (): void => void (track.mode = "showing");
  const inside = (): void => void (track.mode = "hidden");
  track.addEventListener("cuechange", changed);
  video.addEventListener("webkitbeginfullscreen", outside);
  video.addEventListener("webkitendfullscreen", inside);
  return () => {
    track.removeEventListener("cuechange", changed);
    video.removeEventListener("webkitbeginfullscreen", outside);
    video.removeEventListener("webkitendfullscreen", inside);
    track.mode = "disabled";
    element.remove();
  };
}
