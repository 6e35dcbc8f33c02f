/** Which camera, microphone and loudspeaker of this device are used: told by name, chosen where there are several. */
import { useEffect, useState } from "preact/hooks";
import { chosen, type Kind } from "./media/capture";
import { t, type Word } from "./words";

type Used = Kind | "speaker";
const KINDS: readonly { kind: Used; from: MediaDeviceKind; word: Word }[] = [
  { kind: "video", from: "videoinput", word: "device_camera" },
  { kind: "audio", from: "audioinput", word: "device_mic" },
  { kind: "speaker", from: "audiooutput", word: "device_speaker" },
];
const CAN_CHOOSE_SPEAKER = "setSinkId" in HTMLMediaElement.prototype;

interface DeviceChoiceProps {
  /** Told when another one is to be used; it is remembered already. */
  onUse: (kind: Used, id: string) => void;
  /** Names of devices are given to pages that may use them: look again when this changes. */
  again?: unknown;
}

export function DeviceChoice({ onUse, again }: DeviceChoiceProps) {
  const [found, find] = useState<MediaDeviceInfo[]>([]);
  const [picked, pick] = useState(chosen());
  useEffect(() => {
    const look = (): void => void navigator.mediaDevices?.enumerateDevices().then(find, () => undefined);
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, [again]);
  const use = (kind: Used, id: string): void => {
    pick({ ...picked, [kind]: id });
    onUse(kind, id);
  };
  return (
    <div class="devices">
      {KINDS.filter(({ kind }) => kind !== "speaker" || CAN_CHOOSE_SPEAKER).map(({ kind, from, word }) => {
        const devices = found.filter((one) => one.kind === from && one.label);
        if (devices.length === 0) return null;
        const known = devices.some((one) => one.deviceId === picked[kind]) ? picked[kind] : devices[0]!.deviceId;
        return (
          <label key={kind} class="field">
            <span class="form-label">{t(word)}</span>
            <select class="form-select" value={known} onChange={(event) => use(kind, event.currentTarget.value)}>
              {devices.map((one) => <option key={one.deviceId} value={one.deviceId}>{one.label}</option>)}
            </select>
          </label>
        );
      })}
    </div>
  );
}
