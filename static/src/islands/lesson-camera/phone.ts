/**
 * A phone on its way to be a document camera: its code becomes a pass, its camera is opened, it takes its place in the lesson.
 *
 * It asks for no microphone and plays nothing, so two devices in a room cannot howl. Of two phones the later has the place; the
 * earlier says so and stops. The pass is kept for a reload and no longer than this tab.
 */
import { api } from "../../shared/api";
import { LessonClient } from "../../live/client";
import { films } from "../../live/media/cameras";
import { openDevices } from "../../live/media/devices";
import { Filming } from "../../live/media/filming";
import type { State } from "../../live/state";
import { keepAwake } from "../../live/wake";

/** `code`: nothing is known yet; `ready`: one press away; `revoked`: the place is another phone's, or was ended. */
export type Step = "code" | "ready" | "opening" | "filming" | "refused" | "missing" | "insecure" | "revoked" | "ended";

interface Pass {
  lesson: string;
  site: number;
  key: string;
  token: string;
  room: string;
  ice_servers: RTCIceServer[];
}

const KEPT = "hub-camera-pass";
/** As the server names phones. */
const HEAD = "cam-";
const REAR: MediaTrackConstraints = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 10 } };

export class Phone {
  step: Step;
  problem = "";
  pass: Pass | null;
  stream: MediaStream | null = null;
  filming: Filming | null = null;
  private client: LessonClient | null = null;
  /** As it was scanned or typed last. */
  code: string;
  private letSleep: (() => void) | null = null;
  private hasTaken = false;
  private listener: () => void = () => undefined;

  constructor(private readonly lesson: string | null) {
    this.code = decodeURIComponent(location.hash.slice(1));
    // Out of the address: it is not to be read over a shoulder, or shared on.
    if (this.code) history.replaceState(null, "", location.pathname);
    this.pass = this.code ? null : kept(lesson);
    this.step = !navigator.mediaDevices ? "insecure" : this.code || this.pass ? "ready" : "code";
  }

  watch(listener: () => void): void {
    this.listener = listener;
  }

  get isJoined(): boolean {
    return this.client?.line === "joined";
  }

  /** Go on with a code that was typed. */
  async take(code: string): Promise<void> {
    this.code = code;
    await this.start();
  }

  /** Everything at one press: browsers open cameras and keep screens awake only after one. */
  async start(): Promise<void> {
    this.problem = "";
    this.become("opening");
    try {
      this.pass ??= await redeemed(this.code, this.lesson);
    } catch (error) {
      this.problem = (error as Error).message;
      return this.become("code");
    }
    const found = await openDevices({ video: REAR });
    if (typeof found === "string") return this.become(found === "denied" ? "refused" : found === "none" ? "missing" : "insecure");
    this.stream = found;
    found.getVideoTracks()[0]!.addEventListener("ended", () => this.stop("missing"));
    this.letSleep = keepAwake();
    this.enter(this.pass, found.getVideoTracks()[0]!);
    this.become("filming");
  }

  /** The phone is wanted for something else: its place is given up. */
  async end(): Promise<void> {
    if (this.pass && this.isJoined) {
      const wanted = { id: this.client!.device.slice(HEAD.length), data: { site: this.pass.site } };
      await this.client!.ask("camera:drop", wanted).catch(() => undefined);
    }
    this.stop("ended");
  }

  close(): void {
    this.filming?.close();
    this.client?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.letSleep?.();
    this.filming = this.client = this.stream = this.letSleep = null;
  }

  private enter(pass: Pass, track: MediaStreamTrack): void {
    let wasJoined = false;
    const client = new LessonClient({ lesson: pass.lesson, token: pass.token, deviceHead: HEAD, storage: null }, {
      changed: (state) => this.changed(state),
      line: (line) => {
        if (line === "joined" && wasJoined) this.filming?.mend();
        wasJoined ||= line === "joined";
        this.listener();
      },
      refused: () => this.stop("revoked"),
      shut: ({ code }) => this.stop(code === "not_now" ? "ended" : "revoked"),
      signal: (passed) => void this.filming?.receive(passed.device, passed.data),
    });
    this.client = client;
    this.filming = new Filming(client, pass.site, track, { iceServers: pass.ice_servers }, () => this.listener());
    client.act("camera:take", { site: pass.site, key: pass.key });
  }

  private changed(state: State): void {
    const { pass, client } = this;
    if (!pass || !client || !this.filming) return;
    if (state.phase === "ended") return this.stop("ended");
    if (state.cameras[String(pass.site)]?.key !== pass.key) return this.stop("revoked");
    const isOurs = films(state, pass.site, client.device);
    // Until ours is known another phone may stand there: we are about to take its place.
    if (this.hasTaken && !isOurs) return this.stop("revoked");
    this.hasTaken ||= isOurs;
    this.filming.follow();
    this.listener();
  }

  private stop(step: Step): void {
    this.close();
    this.hasTaken = false;
    if (step === "revoked" || step === "ended") {
      this.pass = null;
      forget();
    }
    this.become(step);
  }

  private become(step: Step): void {
    this.step = step;
    this.listener();
  }
}

async function redeemed(code: string, lesson: string | null): Promise<Pass> {
  const pass = await api<Pass>("/api/v1/cameras", { method: "POST", body: { code, ...(lesson ? { lesson } : {}) } });
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(pass));
  } catch {
    // Refused: after a reload the code is asked for again.
  }
  return pass;
}

function kept(lesson: string | null): Pass | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Pass | null;
    return found && (lesson === null || found.lesson === lesson) ? found : null;
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept then.
  }
}
