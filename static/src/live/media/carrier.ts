/**
 * Sound and picture of this page's device: asks for camera and microphone, and lets them go by the route of the
 * lesson. A lesson goes on without any of it; every refusal is told in words.
 */
import type { Lesson } from "../store.ts";
import { carryMedia } from "../places.ts";
import { isCamera } from "./cameras.ts";
import { another, capture, choose, chosen, type Kind, type Own } from "./capture.ts";
import { MediaDesk } from "./desk.ts";
import { reachOf } from "./devices.ts";
import { ForwardDesk } from "./forward.ts";
import type { Shown } from "./lines.ts";
import { Pictures } from "./pictures.ts";
import { Seeing } from "./seeing.ts";

export type { Own };

/** A press that is not renewed for so long is over, whatever became of who pressed. */
const HELD_MS = 5_000;

export class Carrier {
  own: Own = "off";
  hasMicrophone = false;
  hasCamera = false;
  isMuted = false;
  isDark = false;
  isTalking = false;
  local: MediaStream | null = null;
  private readonly pictures: Pictures;
  private desks: (MediaDesk | ForwardDesk)[] = [];
  private straight: MediaDesk | null = null;
  private seeing: Seeing | null = null;
  private readonly watching = new Set<() => void>();
  private readonly undo: (() => void)[] = [];
  private talkEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly lesson: Lesson,
    readonly site: number,
  ) {
    this.pictures = new Pictures((from) => lesson.state.media[String(from)]?.camera !== false, () => this.tell());
    this.pictures.useSpeaker(chosen().speaker ?? "");
    carryMedia({ show: (place, from) => this.pictures.show(place, from) });
    this.undo.push(
      lesson.watchBoard({
        onSignal: (passed) => this.signalled(passed.by, passed.device, passed.data),
        onState: (facts) => facts?.forEach((fact) => fact.type === "seat:joined" && this.straight?.mend(fact.data.device)),
      }),
    );
    const plugged = (): void => void this.takeBack();
    navigator.mediaDevices?.addEventListener("devicechange", plugged);
    this.undo.push(() => navigator.mediaDevices?.removeEventListener("devicechange", plugged));
    let wasJoined = false;
    this.undo.push(
      lesson.watch(() => {
        const isJoined = lesson.line === "joined";
        this.desks.forEach((desk) => desk.follow());
        this.seeing?.follow();
        if (isJoined && !wasJoined) {
          this.straight?.mend();
          this.seeing?.mend();
        }
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

  get isSoundHeld(): boolean {
    return this.pictures.isSoundHeld;
  }

  /** Whether the room's sound is this page's, nobody's, or that of another device that is here. */
  get holder(): "us" | "nobody" | "other" {
    const { audio, seats } = this.lesson.state;
    const device = audio[String(this.site)];
    if (device === this.lesson.client.device) return "us";
    const isThere = Object.values(seats).some((conns) => Object.values(conns).includes(device ?? ""));
    return device && isThere ? "other" : "nobody";
  }

  /** Whether sound of a site comes in now. */
  hears(site: number): boolean {
    return this.pictures.has(site);
  }

  /** Take part; whoever refuses camera and microphone still hears and sees. */
  async start(): Promise<void> {
    if (this.own === "asking" || this.own === "on") return;
    this.become("asking");
    const [local, own] = await capture(this.site);
    this.local = local;
    local?.getTracks().forEach((track) => this.follow(track));
    if (!this.desks.length) await this.openDesks();
    else for (const kind of ["audio", "video"] as const) this.give(kind);
    this.become(own);
    this.report();
  }

  /** Use another camera, microphone or loudspeaker from now on, and the next time. */
  async use(kind: Kind | "speaker", id: string): Promise<void> {
    choose({ [kind]: id });
    if (kind === "speaker") this.pictures.useSpeaker(id);
    else await this.reopen(kind);
    this.tell();
  }

  /** Open a camera or microphone again that was unplugged, or another one in its place; false when there is none. */
  async reopen(kind: Kind): Promise<boolean> {
    const track = await another(kind, this.site);
    if (!track) return false;
    this.local ??= new MediaStream();
    this.local.getTracks().filter((old) => old.kind === kind).forEach((old) => {
      this.local?.removeTrack(old);
      old.stop();
    });
    this.local.addTrack(track);
    this.follow(track);
    this.give(kind);
    this.become("on");
    this.report();
    return true;
  }

  /** What was unplugged and is there again is used again, without anybody pressing anything. */
  private async takeBack(): Promise<void> {
    if (this.own !== "on" && this.own !== "missing") return;
    if (!this.hasMicrophone) await this.reopen("audio");
    if (!this.hasCamera) await this.reopen("video");
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

  /** Hold the microphone of a village open while something is pressed; say so again and again as long as it is. */
  talk(isOn: boolean): void {
    clearTimeout(this.talkEnds);
    if (isOn) this.talkEnds = setTimeout(() => this.talk(false), HELD_MS);
    if (isOn === this.isTalking) return;
    this.isTalking = isOn;
    this.desks.forEach((desk) => desk.talk(isOn));
    this.tell();
  }

  openSound(): void {
    this.pictures.openSound();
  }

  close(): void {
    clearTimeout(this.talkEnds);
    this.undo.forEach((act) => act());
    this.desks.forEach((desk) => desk.close());
    this.seeing?.close();
    this.desks = [];
    this.straight = this.seeing = null;
    this.local?.getTracks().forEach((track) => track.stop());
  }

  private async openDesks(): Promise<void> {
    // Without an answer the straight ways have to do.
    const { iceServers, forwards } = await reachOf(this.lesson.props.lesson).catch(() => ({ iceServers: [], forwards: false }));
    const shown: Shown = {
      // What another phone showed last is not what this one sees.
      stream: (from, stream) => this.pictures.put(from, { stream, ...(stream || !isCamera(from) ? {} : { still: "" }) }),
      still: (from, picture) => this.pictures.put(from, { still: URL.createObjectURL(picture) }),
      moving: (from, isMoving) => this.pictures.put(from, { isMoving }),
      rung: () => this.tell(),
    };
    const { client } = this.lesson;
    this.straight = new MediaDesk(client, this.site, { iceServers }, shown);
    const { is_meeting: isMeeting, is_watched: isWatched } = this.lesson.props;
    this.desks = [this.straight, new ForwardDesk(client, this.site, { iceServers }, shown, forwards, isMeeting, isWatched)];
    this.desks.forEach((desk) => desk.open(this.local));
    this.seeing = new Seeing(client, this.site, { iceServers }, shown);
    this.seeing.follow();
    // Grown-ups who meet speak when they like, and mute themselves.
    if (isMeeting) this.desks.forEach((desk) => desk.talk(true));
  }

  private give(kind: Kind): void {
    const track = this.local?.getTracks().find((one) => one.kind === kind) ?? null;
    this.desks.forEach((desk) => desk.replace(kind, this.local, track));
  }

  /** The room's assistant may open its microphone from another device; everything else sets up sound and picture. */
  private signalled(by: string, device: string, data: Record<string, unknown>): void {
    if (by.startsWith("camera:")) return void this.seeing?.receive(device, data);
    if (!("talk" in data)) return void this.straight?.receive(device, data);
    if (by === `assist:${this.site}`) this.talk(data["talk"] === true);
  }

  private follow(track: MediaStreamTrack): void {
    track.enabled = track.kind === "audio" ? !this.isMuted : !this.isDark;
    track.addEventListener("ended", () => this.look());
    this.look();
  }

  /** See what of microphone and camera there is. */
  private look(): void {
    const has = (kind: Kind) => this.local?.getTracks().some((track) => track.kind === kind && track.readyState === "live") ?? false;
    this.hasMicrophone = has("audio");
    this.hasCamera = has("video");
    if (this.own === "on") this.report();
    this.tell();
  }

  private report(): void {
    const mic = this.hasMicrophone && !this.isMuted;
    this.lesson.act("media", "media:report", { site: this.site, mic, camera: this.hasCamera && !this.isDark });
  }

  private become(own: Own): void {
    this.own = own;
    this.tell();
  }

  private tell(): void {
    this.watching.forEach((listener) => listener());
  }
}
