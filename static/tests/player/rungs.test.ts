import { describe, expect, it } from "vitest";
import { exceedsSaver, hasLadder, megabytesPerMinute, possibleChoice, rungWord, saverLabel, soundAlone, videoRungs } from "../../src/islands/player/rungs";
import type { Media, Rendition } from "../../src/islands/player/types";

const rung = (label: string, width: number, height: number, kbps: number): Rendition => ({
  kind: "video", label, width, height, bitrate_kbps: kbps, bytes: 1, url: `/o/${label}`,
});
const sound: Rendition = { kind: "audio", label: "a22", width: null, height: null, bitrate_kbps: 27, bytes: 1, url: "/o/a22" };
const media = (over: Partial<Media> = {}): Media => ({
  duration_s: 100, hls: "/media/as_1/master.m3u8?t=x", voice: { url: "/o/v", bitrate_kbps: 27, stills: [] }, storyboard: null, poster: null,
  renditions: [sound, rung("720", 1280, 720, 900), rung("240", 426, 240, 120), rung("480", 854, 480, 400)], ...over,
});

describe("rungs", () => {
  it("go from the lightest to the heaviest by the short side, also for upright pictures", () => {
    expect(videoRungs(media()).map((one) => one.label)).toEqual(["240", "480", "720"]);
    const upright = [rung("480", 480, 854, 300), rung("240", 426, 240, 500)];
    expect(videoRungs(media({ renditions: upright })).map((one) => one.label)).toEqual(["240", "480"]);
  });

  it("are called as teachers call them", () => {
    expect([240, 480, 720, 1080].map(rungWord)).toEqual(["rung_smooth", "rung_clear", "rung_high", "rung_full"]);
  });

  it("tell their price in megabytes a minute", () => {
    expect(megabytesPerMinute(140)).toBe("1.0");
    expect(megabytesPerMinute(2500)).toBe("18");
    expect(megabytesPerMinute(null)).toBeNull();
  });
});

describe("the data saver", () => {
  it("allows 240 and below, and the lowest rung when all are above", () => {
    expect(saverLabel(media())).toBe("240");
    expect(saverLabel(media({ renditions: [rung("480", 854, 480, 400), rung("720", 1280, 720, 900)] }))).toBe("480");
    expect(saverLabel(null)).toBeNull();
  });

  it("is exceeded only by a rung that was asked for by name", () => {
    expect(exceedsSaver("rung:480", media())).toBe(true);
    expect(exceedsSaver("rung:240", media())).toBe(false);
    expect(exceedsSaver("auto", media())).toBe(false);
    expect(exceedsSaver("voice", media())).toBe(false);
  });
});

describe("a remembered choice", () => {
  it("gives way to what the recording has", () => {
    expect(possibleChoice("rung:1080", media())).toBe("auto");
    expect(possibleChoice("rung:480", media())).toBe("rung:480");
    expect(possibleChoice("voice", media({ voice: null }))).toBe("auto");
    expect(possibleChoice("audio", media({ renditions: [rung("240", 426, 240, 120)] }))).toBe("auto");
  });

  it("becomes sound alone where there is no picture", () => {
    expect(possibleChoice("auto", media({ renditions: [sound], voice: null }))).toBe("audio");
    expect(soundAlone(media())?.label).toBe("a22");
  });

  it("waits for the ladder: an address without renditions is none", () => {
    expect(hasLadder(media({ renditions: [] }))).toBe(false);
    expect(hasLadder(media({ hls: null }))).toBe(false);
    expect(hasLadder(media())).toBe(true);
  });
});
