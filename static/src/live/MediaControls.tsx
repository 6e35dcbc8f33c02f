/** Sound and picture of the room in which this page stands: one button to begin, then what is on and what is not. */
import { useContext, useEffect, useReducer, useState } from "preact/hooks";
import { createContext, type FunctionComponent } from "preact";
import { Icon } from "../shared/icon";
import "../styles/media.scss";
import type { Kind } from "./media/capture";
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

/** Buttons for the lead: begin, mute, camera, and what is chosen now and then. */
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
      {carrier.own !== "asking" && <MediaMore />}
    </div>
  );
}

/** Devices and the echo test: opened now and then, and fetched when they are. */
function MediaMore() {
  const [Sheet, setSheet] = useState<FunctionComponent | null>(null);
  const [isOpen, open] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    if (!Sheet) void import("./MediaSheet").then(({ MediaSheet }) => setSheet(() => MediaSheet), () => open(false));
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") open(false);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOpen]);
  return (
    <div class="media-more">
      <button type="button" class="btn btn-plain" aria-expanded={isOpen} onClick={() => open(!isOpen)}>{t("media_devices")}</button>
      {isOpen && Sheet && (
        <section class="media-over" aria-label={t("media_devices")}>
          <header>
            <h2>{t("media_devices")}</h2>
            <button type="button" class="round" aria-label={t("close")} onClick={() => open(false)}><Icon name="close" /></button>
          </header>
          <Sheet />
        </section>
      )}
    </div>
  );
}

/** What stands in the way of sound and picture, in words with what helps; nothing while all is well. `isBare`: nobody is there to press. */
export function MediaWords({ isBare = false }: { isBare?: boolean }) {
  const carrier = useCarrier();
  if (!carrier) return null;
  const [words, retry] = trouble(carrier);
  if (!words) return null;
  return (
    <p class="media-own" role="status">
      {t(words)}
      {retry && !isBare && <button type="button" class="btn btn-quiet" onClick={retry}>{t("media_again")}</button>}
    </p>
  );
}

function trouble(carrier: Carrier): [Word | null, (() => void) | null] {
  const all = (): void => void carrier.start();
  const only = (kind: Kind) => (): void => void carrier.reopen(kind);
  if (carrier.own === "asking") return ["media_asking", null];
  if (carrier.own === "refused") return ["media_refused", all];
  if (carrier.own === "insecure") return ["media_insecure", null];
  if (carrier.own === "missing") return ["media_missing", all];
  if (carrier.own === "on" && !carrier.hasMicrophone) return ["media_no_mic", only("audio")];
  if (carrier.own === "on" && !carrier.hasCamera) return ["media_no_camera", only("video")];
  return [null, null];
}

/** The one thing that a class screen may ask for: a touch that lets the sound out. */
export function HeldSound() {
  const carrier = useCarrier();
  return carrier?.isSoundHeld ? <SoundDoor onOpen={() => carrier.openSound()} /> : null;
}
