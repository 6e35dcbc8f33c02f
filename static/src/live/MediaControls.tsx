/** Sound and picture of the room in which this page stands: one button to begin, then what is on and what is not. */
import { useContext, useEffect, useReducer } from "preact/hooks";
import { createContext } from "preact";
import type { Carrier } from "./media/carrier";
import { SoundDoor } from "./SoundDoor";
import { t, type Word } from "./words";

export const CarrierContext = createContext<Carrier | null>(null);

/** The page's carrier of media; the component is drawn anew when it changed. */
export function useCarrier(): Carrier | null {
  const carrier = useContext(CarrierContext);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => carrier?.watch(() => redraw(undefined as never)), [carrier]);
  return carrier;
}

/** Buttons for the lead: begin, mute, camera. */
export function MediaControls() {
  const carrier = useCarrier();
  if (!carrier) return null;
  if (carrier.own === "off") {
    return <button type="button" class="btn btn-primary" onClick={() => void carrier.start()}>{t("media_begin")}</button>;
  }
  return (
    <div class="media-controls" role="group" aria-label={t("media")}>
      {carrier.hasMicrophone && (
        <button type="button" class="btn btn-plain" aria-pressed={carrier.isMuted} onClick={() => carrier.mute(!carrier.isMuted)}>
          {t(carrier.isMuted ? "media_unmute" : "media_mute")}
        </button>
      )}
      {carrier.hasCamera && (
        <button type="button" class="btn btn-plain" aria-pressed={carrier.isDark} onClick={() => carrier.darken(!carrier.isDark)}>
          {t(carrier.isDark ? "media_lighten" : "media_darken")}
        </button>
      )}
      <MediaWords />
    </div>
  );
}

/** What stands in the way of sound and picture, in words; nothing while all is well. */
export function MediaWords() {
  const carrier = useCarrier();
  if (!carrier) return null;
  const words: Word | null =
    carrier.own === "asking" ? "media_asking"
    : carrier.own === "refused" ? "media_refused"
    : carrier.own === "insecure" ? "media_insecure"
    : carrier.own === "missing" ? "media_missing"
    : carrier.own === "on" && !carrier.hasMicrophone ? "media_no_mic"
    : carrier.own === "on" && !carrier.hasCamera ? "media_no_camera"
    : null;
  return words ? <p class="media-own" role="status">{t(words)}</p> : null;
}

/** The one thing that a class screen may ask for: a touch that lets the sound out. */
export function HeldSound() {
  const carrier = useCarrier();
  return carrier?.isSoundHeld ? <SoundDoor onOpen={() => carrier.openSound()} /> : null;
}
