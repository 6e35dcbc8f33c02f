/** Where the picture of a document camera goes, and that it gives way before everything else of its room. */
import { describe, expect, it } from "vitest";
import { cameraPlace, camerasFor, cameraTop, measuredCamera, receiversOf, SILENT_RUNG, wantedAt } from "../../src/live/media/cameras";
import { measured, newLadder, STEPS } from "../../src/live/media/ladder";
import { newState, type State } from "../../src/live/state";

const at = (rung: string) => STEPS.findIndex((step) => step.rung === rung);
const camera = (device: string | null) => ({ key: "key", at: 0, device });
const lesson = (more: Partial<State> = {}): State => ({ ...newState("les"), phase: "running", audio: { "0": "lead", "1": "one", "2": "two" }, cameras: { "1": camera("cam-1") }, ...more });

describe("the picture of a village's phone", () => {
  it("goes straight to the lead, who sees all of them", () => {
    expect([...receiversOf(lesson(), 1, "cam-1")]).toEqual([["lead", 0]]);
    expect([...camerasFor(lesson(), 0, "lead")]).toEqual([[cameraPlace(1), "cam-1"]]);
    expect(camerasFor(lesson(), 2, "two").size).toBe(0);
    expect(camerasFor(lesson(), 0, "the lead's other tablet").size).toBe(0);
  });

  it("is seen by the other classes when the lead shows it and a forwarder carries it, and by its own not", () => {
    const shown = lesson({ shown_camera: 1, route: "sfu" });
    expect([...camerasFor(shown, 2, "two").keys()]).toEqual([cameraPlace(1)]);
    expect(camerasFor(shown, 1, "one").size).toBe(0);
    expect(camerasFor(lesson({ shown_camera: 1, route: "star" }), 2, "two").size).toBe(0);
    expect(receiversOf(shown, 1, "cam-1").size).toBe(0);
  });

  it("goes nowhere once another phone has the place, or the lesson is over", () => {
    expect(receiversOf(lesson({ cameras: { "1": camera("cam-2") } }), 1, "cam-1").size).toBe(0);
    expect(receiversOf(lesson({ phase: "ended" }), 1, "cam-1").size).toBe(0);
    expect(camerasFor(lesson({ cameras: { "1": camera(null) } }), 0, "lead").size).toBe(0);
  });
});

it("the phone of the lead's class goes to all classes when it is shown to them, in a star too", () => {
  const city = lesson({ cameras: { "0": camera("cam-0") } });
  expect([...receiversOf(city, 0, "cam-0").keys()]).toEqual(["lead"]);
  expect([...receiversOf({ ...city, shown_camera: 0 }, 0, "cam-0").keys()]).toEqual(["lead", "one", "two"]);
  expect([...camerasFor({ ...city, shown_camera: 0, route: "star" }, 1, "one").keys()]).toEqual([cameraPlace(0)]);
});

it("a place tells what is asked of the forwarder", () => {
  expect([wantedAt(2), wantedAt(cameraPlace(2))]).toEqual([{ site: 2 }, { site: 2, source: "camera" }]);
});

describe("the ladder of a document camera", () => {
  const bad = { estimateKbps: null, rttMs: 30, loss: 0.2, concealed: null };
  const good = { ...bad, loss: 0 };

  it("is left at the first bad measurement, where a room's camera waits for the second", () => {
    const start = newLadder(at("video360"));
    expect(measured(start, bad, 2).at).toBe(at("video360"));
    expect(measuredCamera(start, bad, 2).at).toBe(at("video180"));
  });

  it("is climbed later than a room's, and ends where only speech is left", () => {
    const steps = (climb: typeof measured) => {
      let ladder = newLadder(at("video360"), at("still"));
      let count = 0;
      for (; ladder.at > at("video360") && count < 200; count += 1) ladder = climb(ladder, { ...good, estimateKbps: 5_000 }, 2);
      return count;
    };
    expect(steps(measuredCamera)).toBeGreaterThan(steps(measured));
    let low = newLadder(at("video360"));
    for (let n = 0; n < 9; n += 1) low = measuredCamera(low, { ...bad, loss: 0.5 }, 2);
    expect(low.at).toBe(SILENT_RUNG);
  });

  it("is never on a better rung than the line of its room, measured or chosen by hand", () => {
    expect(cameraTop(lesson(), 1)).toBe(at("video360"));
    expect(cameraTop(lesson({ links: { "1": { rung: "still", at: 0 } } }), 1)).toBe(at("still"));
    expect(cameraTop(lesson({ links: { "1": { rung: "audio12", at: 0 } } }), 1)).toBe(SILENT_RUNG);
    expect(cameraTop(lesson({ limits: { "1": "video180" } }), 1)).toBe(at("video180"));
  });
});
