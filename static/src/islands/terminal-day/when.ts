/** What a room's day means at a moment: which lesson its device goes to, which comes next, how each stands. Pure. */

export interface DayLesson {
  id: string;
  subject: string;
  title: string;
  lead_school: string;
  teacher: string;
  /** The room is where the lead teaches. */
  is_lead: boolean;
  /** Milliseconds since 1970, as all times here. */
  starts_at: number;
  ends_at: number;
  goes_at: number;
  stays_until: number;
  state: "planned" | "open" | "ended" | "cancelled";
}

/** The lesson whose sound and picture the device should try now. */
export interface Rehearsal {
  lesson: string;
  subject: string;
  starts_at: number;
}

export interface RoomDay {
  terminal: string;
  room: string;
  school: string;
  has_class: boolean;
  /** The server's clock when it answered. */
  now: number;
  zone: string;
  lessons: DayLesson[];
  rehearsal?: Rehearsal | null;
}

export type Standing = "ahead" | "begins" | "open" | "ended" | "cancelled" | "missed";

export function standing(lesson: DayLesson, now: number): Standing {
  if (lesson.state !== "planned") return lesson.state;
  if (now < lesson.starts_at) return "ahead";
  return now < lesson.stays_until ? "begins" : "missed";
}

/** The lesson to be in now: one that is on before one that nobody began, the later before the earlier. */
export function calling(lessons: readonly DayLesson[], now: number): DayLesson | null {
  const found = lessons.filter((one) => (one.state === "open" || one.state === "planned") && one.goes_at <= now && now < one.stays_until);
  found.sort((one, other) => Number(other.state === "open") - Number(one.state === "open") || other.starts_at - one.starts_at);
  return found[0] ?? null;
}

/** The lesson that is on or comes next. */
export function next(lessons: readonly DayLesson[], now: number): DayLesson | null {
  const open = calling(lessons, now);
  return open ?? lessons.find((one) => standing(one, now) === "ahead") ?? null;
}

/** Whole minutes until a moment, never fewer than there are. */
export function minutesTo(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 60_000));
}
