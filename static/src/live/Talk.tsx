/**
 * Opening the closed microphone of a class for as long as something is held: by the assistant's button from
 * afar, by the space key at the class's own computer. On stage it is open anyway.
 */
import { useEffect, useRef } from "preact/hooks";
import { Hold } from "./Hold";
import { useLesson } from "./hooks";
import type { Carrier } from "./media/carrier";
import { t } from "./words";

/** Renewed well before the microphone would close by itself. */
const AGAIN_MS = 2_000;

/** The assistant's button: it speaks to the device that has the room's sound. */
export function TalkFromAfar({ site }: { site: number }) {
  const lesson = useLesson();
  const renewing = useRef<ReturnType<typeof setInterval>>();
  const { audio, media, stage } = lesson.state;
  const device = audio[String(site)];
  const isOpen = stage?.site === site;
  const canTalk = device !== undefined && media[String(site)]?.mic === true && lesson.line === "joined" && !isOpen;
  const hold = (isHeld: boolean): void => {
    clearInterval(renewing.current);
    const say = (): void => void lesson.client.signal(device ?? "", { talk: isHeld });
    say();
    if (isHeld) renewing.current = setInterval(say, AGAIN_MS);
  };
  return (
    <div class="talk">
      <Hold class="btn btn-primary btn-large" isDisabled={!canTalk} onHold={hold}>{t("talk_hold")}</Hold>
      <p class="muted small">{t(isOpen ? "talk_on_stage" : device === undefined ? "talk_no_device" : media[String(site)]?.mic ? "talk_hint" : "talk_no_mic")}</p>
    </div>
  );
}

/** The space key at the class's own computer. */
export function useTalkKey(carrier: Carrier | null, isOn: boolean): void {
  useEffect(() => {
    if (!carrier || !isOn) return;
    const isKey = (event: KeyboardEvent): boolean => event.key === " " && !(event.target instanceof HTMLElement && event.target.matches("button, input, textarea, select, a"));
    const onDown = (event: KeyboardEvent): void => {
      if (!isKey(event)) return;
      event.preventDefault();
      carrier.talk(true); // repeated by the keyboard while it is held
    };
    const onUp = (event: KeyboardEvent): void => {
      if (event.key === " ") carrier.talk(false);
    };
    const letGo = (): void => carrier.talk(false);
    document.addEventListener("keydown", onDown);
    document.addEventListener("keyup", onUp);
    window.addEventListener("blur", letGo);
    return () => {
      letGo();
      document.removeEventListener("keydown", onDown);
      document.removeEventListener("keyup", onUp);
      window.removeEventListener("blur", letGo);
    };
  }, [carrier, isOn]);
}
