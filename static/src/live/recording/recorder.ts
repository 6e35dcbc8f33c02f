/**
 * Records the lead's own camera and microphone while the lesson's log says that this page does, chunk after chunk into
 * the spool. The village's sound and picture never come near it.
 *
 * The log decides: a recorder runs while `recording` in the state names this device and the lesson runs. A page that comes
 * back after a crash finds a recording whose device is gone, and goes on in a session of its own.
 */
import { api, person } from "../../shared/api";
import { keepChunk, keepSession, type SpoolSession } from "../../recordings/spool";
import { forgetCount, noteCount, recorderLock } from "../../recordings/uploader";
import type { Lesson } from "../store.ts";

const SLICE_MS = 2_000;
const VIDEO_BPS = 600_000;
const AUDIO_BPS = 32_000;
/** H.264 costs half of what VP8 costs, and later needs no encoding; VP8 is what every browser has. */
const VIDEO_TYPES = ["video/mp4;codecs=avc1.42E01E,opus", "video/webm;codecs=h264,opus", "video/webm;codecs=vp8,opus", "video/webm"];
const AUDIO_TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/webm"];

export interface Source {
  /** Camera and microphone of this device as the room uses them; null while there are none. */
  stream: MediaStream | null;
}

interface Run {
  session: SpoolSession;
  media: MediaRecorder;
  count: number;
  /** Chunks are written down one after the other. */
  written: Promise<void>;
  release: () => void;
}

export class LessonRecorder {
  /** Why nothing can be kept on this computer, when that is so. */
  isFull = false;
  private run: Run | null = null;
  private wanted = "";
  /** The session that last began here: one that was asked for and never began is asked for again, not followed by another. */
  private begun = "";
  private isAsking = false;

  constructor(
    private readonly lesson: Lesson,
    private readonly source: Source,
    private readonly changed: () => void,
    /** A chunk is in the spool, or a session came to its end. */
    private readonly spooled: () => void,
  ) {}

  get isRunning(): boolean {
    return this.run !== null;
  }

  /** Announce a session to the server and ask the lesson for it; raises the server's refusal in words. */
  async ask(declaration = "none"): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const session = this.wanted !== this.begun ? this.wanted : newSession();
      const body = { session, mime: typeFor(this.source.stream), declaration };
      await api(`/api/v1/lessons/${this.lesson.props.lesson}/recordings`, { method: "POST", body });
      this.wanted = session;
      this.lesson.act("record", "record:start", { session });
    } finally {
      this.isAsking = false;
    }
  }

  /** Call when the lesson or the devices changed. */
  follow(): void {
    const { recording, phase } = this.lesson.state;
    const isOurs = recording !== null && recording.session === this.wanted;
    const records = isOurs && phase === "running" && this.source.stream !== null;
    if (records && !this.run) this.begin(recording.session);
    if (!records && this.run) this.end();
  }

  close(): void {
    if (this.run) this.end();
  }

  private begin(id: string): void {
    const stream = this.source.stream!;
    const mime = typeFor(stream);
    const options: MediaRecorderOptions = { mimeType: mime, audioBitsPerSecond: AUDIO_BPS, videoBitsPerSecond: VIDEO_BPS };
    const media = new MediaRecorder(stream, { ...options, videoKeyFrameIntervalDuration: SLICE_MS } as MediaRecorderOptions);
    const session = { id, lesson: this.lesson.props.lesson, person: person(), mime, startedAt: this.lesson.now(), total: null };
    const run: Run = { session, media, count: 0, written: Promise.resolve(), release: holdLock(id) };
    this.run = run;
    this.begun = id;
    media.onstart = () => {
      run.session = { ...run.session, startedAt: this.lesson.now() };
      run.written = run.written.then(() => this.write(() => keepSession(run.session)));
    };
    media.ondataavailable = ({ data }) => data.size > 0 && this.take(run, data);
    media.onstop = () => void this.over(run);
    void navigator.storage?.persist?.();
    media.start(SLICE_MS);
    this.changed();
  }

  private take(run: Run, bytes: Blob): void {
    const number = run.count;
    run.count += 1;
    run.written = run.written.then(async () => {
      const sha256 = await digestOf(bytes);
      await this.write(() => keepChunk({ session: run.session.id, number, bytes, sha256 }));
      noteCount(run.session.id, number + 1);
      this.spooled();
    });
  }

  private end(): void {
    const run = this.run;
    this.run = null;
    if (run && run.media.state !== "inactive") run.media.stop();
    this.changed();
  }

  /** The recorder gave its last chunk: its session has an end. Devices that went away end one too; the next begins at once. */
  private async over(run: Run): Promise<void> {
    const wasWanted = this.run === run;
    if (wasWanted) this.run = null;
    await run.written;
    await this.write(() => keepSession({ ...run.session, total: run.count }));
    if (run.count === 0) forgetCount(run.session.id);
    run.release();
    this.spooled();
    this.changed();
    if (wasWanted && this.source.stream?.active) await this.ask().catch(() => undefined);
  }

  /** A full disk is told; what it could not take is lost, and the lesson goes on. */
  private async write(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      this.isFull = false;
    } catch {
      this.isFull = true;
    }
    this.changed();
  }
}

/** What this browser records a stream as; sound alone when there is no camera. */
export function typeFor(stream: MediaStream | null): string {
  const types = stream && stream.getVideoTracks().length > 0 ? VIDEO_TYPES : AUDIO_TYPES;
  return types.find((type) => MediaRecorder.isTypeSupported(type)) ?? types[types.length - 1]!;
}

/** Hold the lock that says that a session's recorder lives; gone with the page, however it ends. */
function holdLock(session: string): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((done) => (release = done));
  void navigator.locks?.request(recorderLock(session), () => held);
  return release;
}

async function digestOf(bytes: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function newSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}
