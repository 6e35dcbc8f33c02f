/** Camera, microphone and the ways to other rooms, as both a lesson and the check before it ask for them. */
import { api } from "../../shared/api";

export type Unopened = "none" | "denied" | "insecure";

/** Open what is wanted, or say why not: nothing there, not allowed, or an address at which browsers give no devices. */
export async function openDevices(wanted: MediaStreamConstraints): Promise<MediaStream | Unopened> {
  if (!navigator.mediaDevices) return "insecure";
  return navigator.mediaDevices
    .getUserMedia(wanted)
    .catch((error: unknown) => (error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "none"));
}

export interface Reach {
  /** The relays of this installation with a pass for them. */
  iceServers: RTCIceServer[];
  /** Whether there is a forwarder for lessons of several rooms. */
  forwards: boolean;
}

export async function reachOf(lesson: string): Promise<Reach> {
  const found = await api<{ ice_servers: RTCIceServer[]; forwards: boolean }>(`/api/v1/lessons/${lesson}/ice`);
  return { iceServers: found.ice_servers, forwards: found.forwards };
}
