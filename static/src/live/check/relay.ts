/** Whether the relay answers, through which sound goes when two rooms find no straight way to each other. */
import { reachOf } from "../media/devices";

const PATIENCE_MS = 6_000;

/** True when it does, false when it does not, null when this installation has none or the browser cannot tell. */
export async function relayAnswers(lesson: string): Promise<boolean | null> {
  const { iceServers } = await reachOf(lesson);
  if (!iceServers.length || typeof RTCPeerConnection === "undefined") return null;
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  try {
    return await new Promise<boolean>((done) => {
      setTimeout(() => done(false), PATIENCE_MS);
      // Of the policy "relay" there are no other candidates; null says that there will be no more.
      pc.onicecandidate = ({ candidate }) => done(candidate !== null);
      pc.createDataChannel("check");
      void pc.createOffer().then((offer) => pc.setLocalDescription(offer));
    });
  } finally {
    pc.close();
  }
}
