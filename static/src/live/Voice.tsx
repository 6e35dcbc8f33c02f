/** The lead's button for rooms that only clips reach; it is there while there is such a room. And what a room sees of a clip. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Hold } from "./Hold";
import { Refused, useLesson } from "./hooks";
import { useCarrier } from "./MediaControls";
import { VoicePlayer, VoiceRecorder } from "./media/voice";
import { nameOf } from "./props";
import { t } from "./words";

export function VoiceButton() {
  const lesson = useLesson();
  const carrier = useCarrier();
  const [state, tell] = useState<"sending" | "sent" | "lost" | "">("");
  const recorder = useRef<VoiceRecorder>();
  recorder.current ??= new VoiceRecorder(lesson, tell);
  useEffect(() => () => recorder.current?.stop(), []);
  const { links, phase } = lesson.state;
  const silent = Object.keys(links).filter((site) => links[site]?.rung === "text").map((site) => nameOf(lesson.props.sites, Number(site)));
  const microphone = carrier?.local?.getAudioTracks()[0];
  if (!silent.length || !microphone || phase !== "running" || !VoiceRecorder.isAble) return null;
  const hold = (isHeld: boolean): void => {
    if (isHeld) {
      tell("");
      recorder.current!.start(microphone);
    } else recorder.current!.stop();
  };
  return (
    <div class="voice">
      <p>{t("voice_why", { names: silent.join("、") })}</p>
      <Hold class="btn btn-primary" onHold={hold}>{t("voice_hold")}</Hold>
      {state && <p class="small" role="status">{t(`voice_${state}`)}</p>}
      <Refused of="voice" />
    </div>
  );
}

/** Plays clips in a room whose line carries no live sound, and says so while one is heard. */
export function VoiceHeard({ site }: { site: number }) {
  const lesson = useLesson();
  const [ms, tell] = useState<number | null>(null);
  useEffect(() => {
    const player = new VoicePlayer(lesson, () => lesson.state.links[String(site)]?.rung === "text", tell);
    player.follow();
    const undo = lesson.watch(() => player.follow());
    return () => {
      undo();
      player.close();
    };
  }, [lesson, site]);
  return ms === null ? null : <p class="screen-voice" role="status">{t("voice_heard", { n: Math.max(1, Math.round(ms / 1000)) })}</p>;
}
