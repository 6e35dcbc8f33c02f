/** Camera, microphone and the way to the relay, as both a lesson and the check before it ask for them. */
import { api } from "../../shared/api";

export type Unopened = "none" | "denied" | "insecure";

/** Open what is wanted, or say why not: nothing there, not allowed, or an address at which browsers give no devices. */
export async function openDevices(wanted: MediaStreamConstraints): Promise<MediaStream | Unopened> {
  if (!navigator.mediaDevices) return "insecure";
  return navigator.mediaDevices
    .getUserMedia(wanted)
    .catch((error: unknown) => (error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "none"));
}

/** The relays of this installation with a pass for them; none is an empty list. */
export async function relaysOf(lesson: string): Promise<RTCIceServer[]> {
  return (await api<{ ice_servers: RTCIceServer[] }>(`/api/v1/lessons/${lesson}/ice`)).ice_servers;
}
