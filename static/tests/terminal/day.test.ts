/** A room's day at given moments: where its device goes, what it shows, what it keeps over a reload. */
import { describe, expect, it } from "vitest";
import { newest, serverNow, type Kept } from "../../src/islands/terminal-day/kept.ts";
import { calling, minutesTo, next, standing, type DayLesson, type RoomDay } from "../../src/islands/terminal-day/when.ts";

const MINUTE = 60_000;
const BASE = 1_764_000_000_000;

function lesson(id: string, startMinute: number, state: DayLesson["state"] = "planned"): DayLesson {
  const starts_at = BASE + startMinute * MINUTE;
  const ends_at = starts_at + 40 * MINUTE;
  return {
    id, subject: "美术", title: "", lead_school: "", teacher: "", is_lead: false, starts_at, ends_at, goes_at: starts_at - 10 * MINUTE,
    stays_until: ends_at + 15 * MINUTE, state,
  };
}

function day(now: number, terminal = "dev_1"): RoomDay {
  return { terminal, room: "", school: "", has_class: true, now, zone: "Asia/Shanghai", lessons: [] };
}

const at = (minute: number): number => BASE + minute * MINUTE;

describe("the lesson that a device goes to", () => {
  it("is that of ten minutes before its beginning until a quarter of an hour after its end", () => {
    const lessons = [lesson("one", 30)];
    expect(calling(lessons, at(20) - 1)).toBeNull();
    expect(calling(lessons, at(20))?.id).toBe("one");
    expect(calling(lessons, at(85) - 1)?.id).toBe("one");
    expect(calling(lessons, at(85))).toBeNull();
  });
  it("is never one that is over or cancelled", () => {
    expect(calling([lesson("one", 0, "ended"), lesson("two", 0, "cancelled")], at(5))).toBeNull();
  });
  it("is the one that is on before one that nobody began, else the later one", () => {
    expect(calling([lesson("late", 0, "open"), lesson("next", 48)], at(42))?.id).toBe("late");
    expect(calling([lesson("forgotten", 0), lesson("next", 48)], at(42))?.id).toBe("next");
  });
});

describe("what the page shows", () => {
  it("names each lesson's standing", () => {
    expect([-1, 0, 54, 55].map((minute) => standing(lesson("one", 0), at(minute)))).toEqual(["ahead", "begins", "begins", "missed"]);
    expect((["open", "ended", "cancelled"] as const).map((state) => standing(lesson("one", 0, state), at(0)))).toEqual(["open", "ended", "cancelled"]);
  });
  it("has the next lesson to come, past what is over, cancelled or was not held", () => {
    const lessons = [lesson("missed", -200), lesson("off", 0, "cancelled"), lesson("coming", 60)];
    expect(next(lessons, at(5))?.id).toBe("coming");
    expect(next(lessons, at(500))).toBeNull();
  });
  it("counts whole minutes, never fewer than there are", () => {
    expect([minutesTo(at(10), at(0)), minutesTo(at(10), at(0) + 1), minutesTo(at(0), at(10))]).toEqual([10, 10, 0]);
  });
});

describe("what is kept over a reload", () => {
  const kept: Kept = { day: day(at(60)), at: 1_000 };
  it("wins over an older answer in the page's own copy, and its clock runs on", () => {
    const found = newest(day(at(0)), kept, 61_000);
    expect(found).toBe(kept);
    expect(serverNow(found, 61_000)).toBe(at(61));
  });
  it("loses to a newer answer and to that of another room", () => {
    expect(newest(day(at(90)), kept, 5_000)).toEqual({ day: day(at(90)), at: 5_000 });
    expect(newest(day(at(0), "dev_2"), kept, 5_000).day.terminal).toBe("dev_2");
  });
});
