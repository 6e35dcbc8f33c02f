/**
 * Recorded clips for rooms that live sound does not reach: spoken while a button is held, sent as soon as it is let go,
 * played there one after the other.
 *
 * The sound goes beside the lesson's messages, so that ink does not wait behind it; the fact that says that it is there
 * keeps its place among all others.
 */
import { csrfToken } from "../../shared/api.ts";
import type { Lesson } from "../store.ts";

const BITS_A_SECOND = 8_000;
const LONGEST_MS = 20_000;
/** Shorter than this a button was only touched. */
const SHORTEST_MS = 400;
const TRIES = 6;
const AGAIN_MS = 3_000;
/** A clip older than this is about something else by now. */
const FRESH_MS = 3 * 60_000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export class VoiceRecorder {
  private recorder: MediaRecorder | null = null;
  private began = 0;
  private ends: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly lesson: Lesson,
    private readonly told: (state: "sending" | "sent" | "lost" | "") => void,
  ) {}

  static get isAble(): boolean {
    return typeof MediaRecorder !== "undefined" && KINDS.some((kind) => MediaRecorder.isTypeSupported(kind));
  }

  start(microphone: MediaStreamTrack): void {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(new MediaStream([microphone]), { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: BITS_A_SECOND });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => void this.send(new Blob(parts), performance.now() - this.began);
    this.recorder = recorder;
    this.began = performance.now();
    recorder.start();
    this.ends = setTimeout(() => this.stop(), LONGEST_MS);
  }

  stop(): void {
    clearTimeout(this.ends);
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.recorder = null;
  }

  private async send(sound: Blob, ms: number): Promise<void> {
    if (ms < SHORTEST_MS) return this.told("");
    this.told("sending");
    const voice = newName();
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries) await new Promise((done) => setTimeout(done, AGAIN_MS));
      const status = await put(this.lesson.props.lesson, voice, sound);
      if (status === 201) {
        this.lesson.act("voice", "voice:add", { voice, ms: Math.round(ms) });
        return this.told("sent");
      }
      if (status >= 400 && status < 500) break;
    }
    this.told("lost");
  }
}

/** Plays the clips of a lesson, while live sound does not come, each once and in their order. */
export class VoicePlayer {
  private readonly heard = new Set<string>();
  private isPlaying = false;
  private audio: HTMLAudioElement | null = null;

  constructor(
    private readonly lesson: Lesson,
    private readonly isNeeded: () => boolean,
    private readonly told: (ms: number | null) => void,
  ) {}

  /** Call when the lesson's state changed. */
  follow(): void {
    if (this.isPlaying) return;
    const now = this.lesson.now();
    const next = this.lesson.state.voices.find((one) => !this.heard.has(one.id));
    if (!next) return;
    this.heard.add(next.id);
    // Who heard it live, or comes back late, does not hear it again.
    if (this.isNeeded() && now - next.at < FRESH_MS) void this.play(next);
    else this.follow();
  }

  close(): void {
    this.audio?.pause();
    this.isPlaying = true;
  }

  private async play({ voice, ms }: { voice: string; ms: number }): Promise<void> {
    this.isPlaying = true;
    this.told(ms);
    this.audio = new Audio(`/api/v1/lessons/${this.lesson.props.lesson}/voices/${voice}`);
    const ended = new Promise<void>((done) => {
      this.audio!.onended = this.audio!.onerror = () => done();
    });
    await this.audio.play().then(() => ended, () => undefined);
    this.told(null);
    this.isPlaying = false;
    this.follow();
  }
}

async function put(lesson: string, voice: string, sound: Blob): Promise<number> {
  const headers = { "X-CSRF-Token": csrfToken(), "Content-Type": "application/octet-stream" };
  return fetch(`/api/v1/lessons/${lesson}/voices/${voice}`, { method: "PUT", body: sound, headers, credentials: "same-origin" })
    .then((answer) => answer.status)
    .catch(() => 0);
}

function newName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(16).padStart(2, "0")).join("");
}
