/** Recording on the lead's page as a whole: may it be done, the recorder, and the sending at the pace that the lesson leaves. */
import { api, ApiError } from "../../shared/api";
import { Uploader, type Sending } from "../../recordings/uploader";
import type { Lesson } from "../store.ts";
import { isThere } from "../sites.ts";
import { LessonRecorder, type Source } from "./recorder.ts";

export interface Standing {
  may_record: boolean;
  /** Whose slips allow it, in words; empty when it stands on a declaration. */
  batch: string;
  declaration: string;
  declarable: string[];
}

/** Rungs on which the line has room beside the lesson. */
const ROOMY = new Set(["video720", "video360"]);

export class RecordingDesk {
  standing: Standing | null = null;
  /** The server's words about the last try. */
  refusal = "";
  sending: Sending = { leftS: 0, isResting: false, trouble: "" };
  private readonly recorder: LessonRecorder;
  private readonly uploader: Uploader;
  private readonly watching = new Set<() => void>();
  private readonly stop: () => void;
  private isContinuing = false;

  constructor(
    private readonly lesson: Lesson,
    private readonly source: Source,
  ) {
    this.uploader = new Uploader({
      hasRoom: () => this.hasRoom(),
      changed: (sending) => {
        this.sending = sending;
        this.tell();
      },
    });
    this.recorder = new LessonRecorder(lesson, source, () => this.tell(), () => this.uploader.poke());
    this.stop = lesson.watch(() => this.follow());
    void this.uploader.follow().catch(() => undefined);
  }

  get isRunning(): boolean {
    return this.recorder.isRunning;
  }

  get isFull(): boolean {
    return this.recorder.isFull;
  }

  watch(listener: () => void): () => void {
    this.watching.add(listener);
    return () => this.watching.delete(listener);
  }

  /** Begin, where that is allowed already; else find out what is missing. */
  async begin(): Promise<void> {
    await this.attempt(async () => {
      this.standing = await api<Standing>(`/api/v1/lessons/${this.lesson.props.lesson}/recordings`);
      if (this.standing.may_record) await this.recorder.ask();
    });
  }

  /** Begin on the teacher's word that no pupil can be recognised. */
  async declare(declaration: string): Promise<void> {
    await this.attempt(async () => {
      await this.recorder.ask(declaration);
      this.standing = null;
    });
  }

  /** Whether there is a recording of this lesson. */
  async wasRecorded(): Promise<boolean> {
    const standing = await api<{ state: string | null }>(`/api/v1/lessons/${this.lesson.props.lesson}/recordings`).catch(() => null);
    return standing?.state != null && standing.state !== "erased";
  }

  cancel(): void {
    this.standing = null;
    this.refusal = "";
    this.tell();
  }

  end(): void {
    this.lesson.act("record", "record:stop");
  }

  /** Call when camera or microphone changed. */
  follow(): void {
    this.recorder.follow();
    this.goOn();
  }

  close(): void {
    this.stop();
    this.recorder.close();
    this.uploader.close();
    this.watching.clear();
  }

  /** A page that crashed left a recording running in the log: this one goes on with it as soon as it has sound and picture. */
  private goOn(): void {
    const { recording, seats, phase } = this.lesson.state;
    if (!recording || phase !== "running" || this.recorder.isRunning || this.isContinuing || this.lesson.line !== "joined") return;
    if (!this.source.stream || isThere(seats, recording.device)) return;
    this.isContinuing = true;
    void this.attempt(() => this.recorder.ask()).finally(() => (this.isContinuing = false));
  }

  private hasRoom(): boolean {
    const { phase, links } = this.lesson.state;
    if (phase !== "running" && phase !== "paused") return true;
    return Object.values(links).every((link) => ROOMY.has(link.rung));
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    this.refusal = "";
    try {
      await act();
    } catch (error) {
      this.refusal = error instanceof ApiError ? error.message : String(error);
    }
    this.tell();
  }

  private tell(): void {
    this.watching.forEach((listener) => listener());
  }
}
