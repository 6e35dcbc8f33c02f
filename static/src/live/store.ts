/**
 * A lesson as a page holds it: the client, who listens, and what was refused at which control.
 *
 * Facts of the board reach the canvas at once; everything else is told at most every 40 ms, so that a
 * class that writes fast does not draw the whole page anew with each stroke.
 */
import { Activity } from "./activity";
import { LessonClient, type Line, type Passed, type Refusal } from "./client";
import type { LessonProps } from "./props";
import { Slides, type Shown } from "./slides";
import type { Fact, State } from "./state";
import { Memory } from "./stock/remembered";

const TELL_MS = 40;
const REFUSAL_SHOWN_MS = 9_000;
const MOST_HAPPENED = 500;

export interface BoardListener {
  /** Facts came, or null: the whole state is another. */
  onState?: (facts: readonly Fact[] | null) => void;
  onInk?: (passed: Passed) => void;
  onPointer?: (passed: Passed) => void;
  onRefused?: (id: string) => void;
  /** A setting-up of media for this device: for whoever carries sound and pictures (places.ts). */
  onSignal?: (passed: Passed & { device: string }) => void;
}

interface Told {
  message: string;
  until: number;
}

export class Lesson {
  readonly client: LessonClient;
  readonly activity: Activity;
  readonly slides: Slides;
  /** What happened since this page was opened, the latest last. */
  readonly happened: Fact[] = [];
  shut: Refusal | null = null;
  /** After the lesson a page may be looked at by whoever turns to it, alone. */
  private looked: Shown | null = null;
  /** The screen of a room alone has one: it must show its page after a reload without a line. */
  private readonly memory: Memory | null;
  private readonly watching = new Set<() => void>();
  private readonly boards = new Set<BoardListener>();
  private readonly controls = new Map<string, string>();
  private readonly refusals = new Map<string, Told>();
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly props: LessonProps) {
    this.activity = new Activity(props.lesson);
    const isRoom = props.seat.startsWith("class:");
    this.slides = new Slides(props.lesson, () => this.tell(), isRoom);
    this.memory = isRoom ? new Memory(props.lesson) : null;
    this.client = new LessonClient(
      { lesson: props.lesson, expectedSeat: props.seat, ...(props.as_observer ? { asObserver: true } : {}) },
      {
        changed: (state, facts) => this.changed(state, facts),
        line: (line) => this.lined(line),
        refused: (command, refusal) => this.refused(command?.id ?? "", command?.name ?? "", refusal),
        shut: (refusal) => {
          this.shut = refusal;
          this.tell();
        },
        ink: (passed) => this.boards.forEach((board) => board.onInk?.(passed)),
        signal: (passed) => this.boards.forEach((board) => board.onSignal?.(passed)),
        pointer: (passed) => this.boards.forEach((board) => board.onPointer?.(passed)),
      },
    );
    void this.memory?.recall().then((kept) => kept && this.client.remember(kept.state, kept.heardAt));
  }

  get state(): State {
    return this.client.state;
  }

  get seat(): string {
    return this.client.seat || this.props.seat;
  }

  get line(): Line {
    return this.client.line;
  }

  /**
   * The page that is shown: what was turned to here, though the server may not know it yet; else the lesson's,
   * or what it will begin with.
   */
  get shown(): Shown {
    const { slide, phase } = this.state;
    if (phase === "ended" && this.looked) return this.looked;
    const turned = this.client.outbox.all().filter((command) => command.name === "slide:turn").pop();
    if (turned) return { deck: String(turned.data["deck"]), page: Number(turned.data["page"]) };
    return slide ? { deck: slide.deck, page: slide.page } : this.slides.first();
  }

  /** Turn to a page, for everybody while the lesson is on. */
  turn(to: Shown): void {
    if (this.state.phase === "ended") {
      this.looked = to;
      this.tell();
      return;
    }
    this.looked = null;
    const { deck, page } = this.shown;
    if (!this.state.slide || deck !== to.deck || page !== to.page) this.act("slides", "slide:turn", { deck: to.deck, page: to.page });
  }

  now(): number {
    return this.client.now();
  }

  /** Give a command; what becomes of it is shown at `control`. */
  act(control: string, name: string, data: Record<string, unknown> = {}): string {
    this.refusals.delete(control);
    const id = this.client.act(name, data);
    this.controls.set(id, control);
    this.tell();
    return id;
  }

  /** The server's words about the last command of a control, while they matter. */
  refusalAt(control: string): string {
    const told = this.refusals.get(control);
    if (!told) return "";
    if (told.until > Date.now()) return told.message;
    this.refusals.delete(control);
    return "";
  }

  /** Whether something of this control is still on its way. */
  isWaiting(control: string): boolean {
    return this.client.outbox.all().some((command) => this.controls.get(command.id) === control);
  }

  /** Be told when anything changed; returns how to stop. */
  watch(listener: () => void): () => void {
    this.watching.add(listener);
    return () => this.watching.delete(listener);
  }

  /** Be told of the board at once; returns how to stop. */
  watchBoard(listener: BoardListener): () => void {
    this.boards.add(listener);
    return () => this.boards.delete(listener);
  }

  close(): void {
    clearTimeout(this.telling);
    this.client.close();
    this.slides.close();
    this.memory?.close();
    this.watching.clear();
  }

  private changed(state: State, facts: readonly Fact[] | null): void {
    if (facts) this.activity.take(facts, state);
    else this.activity.seed(state);
    if (facts) this.happened.push(...facts.filter((fact) => fact.type !== "stroke:drawn"));
    this.happened.splice(0, this.happened.length - MOST_HAPPENED);
    this.boards.forEach((board) => board.onState?.(facts));
    if (state.seq) this.memory?.take(state);
    this.tell();
  }

  /** A seat of another kind has another page: a substitute took over, or the lead came back. */
  private lined(line: Line): void {
    if (line === "joined" && pageOf(this.seat) !== pageOf(this.props.seat)) location.reload();
    this.tell();
  }

  private refused(id: string, name: string, refusal: Refusal): void {
    const control = this.controls.get(id) ?? name;
    this.refusals.set(control, { message: refusal.message, until: Date.now() + REFUSAL_SHOWN_MS });
    this.boards.forEach((board) => board.onRefused?.(id));
    this.tell();
  }

  private tell(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.watching.forEach((listener) => listener());
    }, TELL_MS);
  }
}

/** Who watches and who mends the line share a page; every other part has its own. */
function pageOf(seat: string): string {
  const part = seat.split(":")[0] ?? "";
  return part === "tech" ? "observer" : part;
}
