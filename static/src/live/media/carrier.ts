/**
 * Sound and picture of this page's device: asks for camera and microphone, and puts what comes from other
 * rooms into their places. A lesson goes on without any of it; every refusal is told in words.
 */
import type { Lesson } from "../store.ts";
import { carryMedia } from "../places.ts";
import { MediaDesk } from "./desk.ts";
import { openDevices, relaysOf } from "./devices.ts";
import type { Rung } from "./ladder.ts";

export type Own = "off" | "asking" | "on" | "listening" | "refused" | "missing" | "insecure";

const SPEECH: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const LEAD_PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 20 } };
const VILLAGE_PICTURE: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 } };
const CHOICE = "hub-media-choice";

export class Carrier {
  own: Own = "off";
  hasMicrophone = false;
  hasCamera = false;
  isMuted = false;
  isDark = false;
  /** The browser lets no sound out until somebody touches the page. */
  isSoundHeld = false;
  private desk: MediaDesk | null = null;
  private local: MediaStream | null = null;
  private readonly shown = new Map<number, { places: Set<HTMLElement>; stream: MediaStream | null; still: string | null; isMoving: boolean }>();
  private readonly watching = new Set<() => void>();
  private readonly undo: (() => void)[] = [];

  constructor(
    private readonly lesson: Lesson,
    readonly site: number,
  ) {
    carryMedia({ show: (place, from) => this.show(place, from) });
    this.undo.push(
      lesson.watchBoard({
        onSignal: (passed) => void this.desk?.receive(passed.device, passed.data),
        onState: (facts) => facts?.forEach((fact) => fact.type === "seat:joined" && this.desk?.mend(fact.data.device)),
      }),
    );
    let wasJoined = false;
    this.undo.push(
      lesson.watch(() => {
        const isJoined = lesson.line === "joined";
        this.desk?.follow();
        if (isJoined && !wasJoined) this.desk?.mend();
        wasJoined = isJoined;
      }),
    );
  }

  /** Camera and microphone of this device, for whoever records them; null while there are none. */
  get stream(): MediaStream | null {
    return this.local?.active ? this.local : null;
  }

  watch(listener: () => void): () => void {
    this.watching.add(listener);
    return () => this.watching.delete(listener);
  }

  /** Whether the room's sound is this page's, nobody's, or that of another device that is here. */
  get holder(): "us" | "nobody" | "other" {
    const { audio, seats } = this.lesson.state;
    const device = audio[String(this.site)];
    if (device === this.lesson.client.device) return "us";
    const isThere = Object.values(seats).some((conns) => Object.values(conns).includes(device ?? ""));
    return device && isThere ? "other" : "nobody";
  }

  /** Take part; whoever refuses camera and microphone still hears and sees. */
  async start(): Promise<void> {
    if (this.own === "asking" || this.own === "on") return;
    this.become("asking");
    const [local, own] = await capture(this.site === 0 ? LEAD_PICTURE : VILLAGE_PICTURE);
    this.local = local;
    this.hasMicrophone = (local?.getAudioTracks().length ?? 0) > 0;
    this.hasCamera = (local?.getVideoTracks().length ?? 0) > 0;
    local?.getTracks().forEach((track) => track.addEventListener("ended", () => this.unplugged(track)));
    // Without an answer the straight ways have to do.
    const iceServers = await relaysOf(this.lesson.props.lesson).catch(() => []);
    this.desk = new MediaDesk(this.lesson.client, this.site, { iceServers }, {
      stream: (from, stream) => this.put(from, { stream }),
      still: (from, picture) => this.put(from, { still: URL.createObjectURL(picture) }),
      moving: (from, isMoving) => this.put(from, { isMoving }),
      rung: () => this.tell(),
    });
    this.desk.open(local);
    this.become(own);
    this.report();
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.local?.getAudioTracks().forEach((track) => (track.enabled = !isMuted));
    this.report();
    this.tell();
  }

  darken(isDark: boolean): void {
    this.isDark = isDark;
    this.local?.getVideoTracks().forEach((track) => (track.enabled = !isDark));
    this.report();
    this.tell();
  }

  /** Hold the microphone of a village open while a button is pressed. */
  talk(isOn: boolean): void {
    this.desk?.talk(isOn);
  }

  limit(rung: Rung): void {
    this.desk?.limit(rung);
  }

  /** Somebody touched the page: let the sound out. */
  openSound(): void {
    this.isSoundHeld = false;
    this.shown.forEach(({ places }) => places.forEach((place) => void place.querySelector("video")?.play().catch(() => undefined)));
    this.tell();
  }

  close(): void {
    this.undo.forEach((act) => act());
    this.desk?.close();
    this.desk = null;
  }

  private unplugged(track: MediaStreamTrack): void {
    if (track.kind === "audio") this.hasMicrophone = false;
    else this.hasCamera = false;
    this.report();
    this.tell();
  }

  private report(): void {
    const mic = this.hasMicrophone && !this.isMuted;
    this.lesson.act("media", "media:report", { site: this.site, mic, camera: this.hasCamera && !this.isDark });
  }

  private show(place: HTMLElement, from: number): () => void {
    const entry = this.entry(from);
    entry.places.add(place);
    this.fill(place, from);
    return () => {
      entry.places.delete(place);
      place.replaceChildren();
    };
  }

  private put(from: number, what: { stream?: MediaStream | null; still?: string; isMoving?: boolean }): void {
    const entry = this.entry(from);
    if (what.still !== undefined) {
      if (entry.still) URL.revokeObjectURL(entry.still);
      entry.still = what.still;
    }
    if (what.stream !== undefined) entry.stream = what.stream;
    if (what.isMoving !== undefined) entry.isMoving = what.isMoving;
    entry.places.forEach((place) => this.fill(place, from));
    this.tell();
  }

  /** A moving picture where there is one; else the last still, with the sound going on behind it. */
  private fill(place: HTMLElement, from: number): void {
    const { stream, still, places, isMoving } = this.entry(from);
    const hasCamera = this.lesson.state.media[String(from)]?.camera !== false;
    place.classList.toggle("is-moving", stream !== null && isMoving && hasCamera);
    let video = place.querySelector("video");
    if (!stream) video?.remove();
    else {
      if (!video) {
        video = document.createElement("video");
        video.playsInline = true;
        video.autoplay = true;
        // One loudspeaker for a room: the same class shown twice is heard once.
        video.muted = [...places][0] !== place;
        place.append(video);
      }
      if (video.srcObject !== stream) {
        video.srcObject = stream;
        void video.play().catch((error) => this.held(error));
      }
    }
    this.fillStill(place, still);
  }

  private fillStill(place: HTMLElement, still: string | null): void {
    let image = place.querySelector("img");
    if (!still) return image?.remove();
    if (!image) {
      image = document.createElement("img");
      image.alt = "";
      place.prepend(image);
    }
    image.src = still;
  }

  private held(error: unknown): void {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    this.isSoundHeld = true;
    this.tell();
  }

  private entry(from: number) {
    let entry = this.shown.get(from);
    if (!entry) this.shown.set(from, (entry = { places: new Set<HTMLElement>(), stream: null, still: null, isMoving: true }));
    return entry;
  }

  private become(own: Own): void {
    this.own = own;
    this.tell();
  }

  private tell(): void {
    this.watching.forEach((listener) => listener());
  }
}

/** Camera and microphone, or what of them there is; and what to say about it. */
async function capture(picture: MediaTrackConstraints): Promise<[MediaStream | null, Own]> {
  const { audio, video } = chosen();
  const wishes: MediaStreamConstraints[] = [
    { audio: { ...SPEECH, ...audio }, video: { ...picture, ...video } },
    { audio: { ...SPEECH, ...audio } },
    { video: { ...picture, ...video } },
  ];
  let refused = false;
  for (const wish of wishes) {
    const found = await openDevices(wish);
    if (found === "insecure") return [null, found];
    if (typeof found !== "string") {
      remember(found);
      return [found, "on"];
    }
    refused ||= found === "denied";
  }
  return [null, refused ? "refused" : "missing"];
}

/** The devices that were used last; a device that is gone is passed over by the browser. */
function chosen(): { audio: MediaTrackConstraints; video: MediaTrackConstraints } {
  try {
    const kept = JSON.parse(localStorage.getItem(CHOICE) ?? "{}") as { audio?: string; video?: string };
    return { audio: kept.audio ? { deviceId: { ideal: kept.audio } } : {}, video: kept.video ? { deviceId: { ideal: kept.video } } : {} };
  } catch {
    return { audio: {}, video: {} };
  }
}

function remember(stream: MediaStream): void {
  const id = (kind: "audio" | "video") => stream.getTracks().find((track) => track.kind === kind)?.getSettings().deviceId;
  try {
    localStorage.setItem(CHOICE, JSON.stringify({ audio: id("audio"), video: id("video") }));
  } catch {
    // Storage is refused: the browser will choose again.
  }
}
