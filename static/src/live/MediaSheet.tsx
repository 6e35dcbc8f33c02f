/** What there is to say and to choose about sound and picture: devices, an echo test, a phone as document camera, by which way they go. */
import { useState } from "preact/hooks";
import { CameraSheetOfAny } from "./CameraSheet";
import { DeviceChoice } from "./DeviceChoice";
import { MediaWords, useCarrier } from "./MediaControls";
import { useLesson } from "./hooks";
import { RouteWords } from "./RouteWords";
import type { Echo } from "./check/verdict";
import { t, type Word } from "./words";

export function MediaSheet() {
  const carrier = useCarrier();
  const { seat, props } = useLesson();
  if (!carrier) return null;
  return (
    <div class="sheet-form media-sheet">
      <MediaWords />
      <RouteWords />
      <DeviceChoice onUse={(kind, id) => void carrier.use(kind, id)} again={carrier.own} />
      {carrier.hasMicrophone && carrier.local && <EchoTest stream={carrier.local} />}
      {seat === "lead" && !props.is_meeting && <CameraSheetOfAny />}
    </div>
  );
}

/** Two tones out of the loudspeaker, and how loud they come back: the others hear them too, so it is told. */
function EchoTest({ stream }: { stream: MediaStream }) {
  const [words, say] = useState<Word | null>(null);
  const test = async (): Promise<void> => {
    say("check_echo_now");
    const { Ear } = await import("./check/sound");
    const ear = new Ear(stream);
    const found: Echo = await ear.echo().finally(() => ear.close());
    say(`check_echo_${found}`);
  };
  return (
    <div class="echo-test">
      <button type="button" class="btn btn-plain" disabled={words === "check_echo_now"} onClick={() => void test()}>{t("echo_test")}</button>
      <p role="status">{t(words ?? "echo_hint")}</p>
    </div>
  );
}
