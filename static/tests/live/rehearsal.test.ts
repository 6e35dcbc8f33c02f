import { describe, expect, it } from "vitest";
import { opening, outcome, type Tried } from "../../src/live/rehearsal/outcome.ts";

const speed = (up: number | null, down: number | null) => ({ up_kbps: up, down_kbps: down, rtt_ms: 40 });
const tried = (from: Tried["from"], rung: Tried["rung"]): Tried => ({ from, rung, path: "udp", concealed: 0.01 });

describe("what a rehearsal foretells", () => {
  it("begins with what the narrower way carries", () => {
    expect(opening(speed(250, 4_000))).toBe("video180");
    expect(opening(speed(null, 4_000))).toBe("text");
  });

  it("goes by the speed alone where nothing could be sent", () => {
    expect(outcome(speed(100, 2_000), null, null)).toEqual({ ...speed(100, 2_000), sees: "video720", is_seen: "still", concealed: null, path: "none", tcp: null });
  });

  it("believes traffic that gave way more than the speed", () => {
    const found = outcome(speed(900, 4_000), tried("video360", "audio24"), true);
    expect([found.sees, found.is_seen]).toEqual(["audio24", "audio24"]);
  });

  it("adds to the wider way what it has above the narrower one, when the traffic held", () => {
    const found = outcome(speed(250, 4_000), tried("video180", "video180"), true);
    expect([found.sees, found.is_seen]).toEqual(["video720", "video180"]);
  });

  it("keeps what the traffic climbed to", () => {
    const found = outcome(speed(60, 60), tried("audio24", "video180"), false);
    expect([found.sees, found.is_seen, found.tcp]).toEqual(["video180", "video180", false]);
  });
});
