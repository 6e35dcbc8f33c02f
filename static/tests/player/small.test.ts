import { describe, expect, it } from "vitest";
import { commandOf, nextRate } from "../../src/islands/player/keys";
import { playableOriginal, pollAfter } from "../../src/islands/player/original";
import { assetOf, resumePlace } from "../../src/islands/player/place";
import { lastBefore, secondsOf, tileAt, tilesOf } from "../../src/islands/player/storyboard";
import type { Resource } from "../../src/islands/player/types";
import { outline } from "../../src/islands/player/Waveform";

const press = (key: string, over = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...over });

describe("keys", () => {
  it("do what players taught people", () => {
    expect(commandOf(press(" "), "plain")).toEqual({ do: "toggle" });
    expect(commandOf(press("K"), "plain")).toEqual({ do: "toggle" });
    expect(commandOf(press("j"), "plain")).toEqual({ do: "move", by: -10 });
    expect(commandOf(press("7"), "plain")).toEqual({ do: "share", of: 0.7 });
    expect(commandOf(press(">"), "plain")).toEqual({ do: "faster" });
  });

  it("leave typing, buttons, choices and the browser's own shortcuts alone", () => {
    expect(commandOf(press("k"), "field")).toBeNull();
    expect(commandOf(press(" "), "button")).toBeNull();
    expect(commandOf(press("ArrowDown"), "choice")).toBeNull();
    expect(commandOf(press("f", { ctrlKey: true }), "plain")).toBeNull();
    expect(commandOf(press("m"), "button")).toEqual({ do: "mute" });
  });

  it("leave to the page what moves a page, and to a slider what moves the slider", () => {
    for (const key of ["ArrowUp", "ArrowDown", "Home", "End", "3"]) expect(commandOf(press(key), "page")).toBeNull();
    expect(commandOf(press("ArrowLeft"), "page")).toEqual({ do: "move", by: -5 });
    expect(commandOf(press(" "), "page")).toEqual({ do: "toggle" });
    expect(commandOf(press("ArrowLeft"), "slider")).toBeNull();
    expect(commandOf(press(" "), "slider")).toEqual({ do: "toggle" });
  });

  it("change speed by one step and stop at the ends", () => {
    expect(nextRate(1, 1)).toBe(1.25);
    expect(nextRate(2, 1)).toBe(2);
    expect(nextRate(0.75, -1)).toBe(0.75);
  });
});

describe("the storyboard", () => {
  const text = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nb.jpg?s=1#xywh=0,0,160,90\n\n00:05.000 --> 00:00:10.000\nb.jpg?s=1#xywh=160,0,160,90\n\nbroken\n";

  it("finds the tile of a second, and the nearest at both ends", () => {
    const tiles = tilesOf(text, "http://h/media/as_1/storyboard.vtt?t=x");
    expect(tiles).toHaveLength(2);
    expect(tileAt(tiles, 7)).toMatchObject({ x: 160, url: "http://h/media/as_1/b.jpg?s=1" });
    expect(tileAt(tiles, -1)?.x).toBe(0);
    expect(tileAt(tiles, 9999)?.x).toBe(160);
    expect(tileAt([], 3)).toBeNull();
  });

  it("reads times with and without hours", () => {
    expect(secondsOf("01:02:03.500")).toBe(3723.5);
    expect(secondsOf("02:03,5")).toBe(123.5);
  });

  it("finds the slide that was up at a second", () => {
    const stills = [0, 5, 5.5, 20];
    expect([-1, 0, 5.2, 19.9, 30].map((at) => lastBefore(stills, at, (one) => one))).toEqual([-1, 0, 1, 2, 3]);
  });
});

describe("resuming", () => {
  it("is offered only where it saves something", () => {
    expect(resumePlace(750, 2700)).toBe(750);
    expect(resumePlace(8, 2700)).toBeNull();
    expect(resumePlace(2695, 2700)).toBeNull();
    expect(resumePlace(null, 2700)).toBeNull();
    expect(resumePlace(750, null)).toBe(750);
  });

  it("knows its asset from the address when nothing else names it", () => {
    expect(assetOf("http://h/media/as_12/master.m3u8?t=x")).toBe("as_12");
    expect(assetOf(null)).toBeNull();
  });
});

describe("the original", () => {
  const resource = (filename: string, media_type?: string): Resource => ({
    id: "r", title: "", state: "processing", progress: 0, failure: null, media: null, files: [{ filename, url: "/o", ...(media_type ? { media_type } : {}) }],
  });
  const chrome = (type: string): string => (/mp4|webm|mpeg/.test(type) ? "maybe" : "");

  it("is played when the browser can, by type first and by name else", () => {
    expect(playableOriginal(resource("课.MP4"), chrome)?.url).toBe("/o");
    expect(playableOriginal(resource("课.avi"), chrome)).toBeNull();
    expect(playableOriginal(resource("无名", "video/mp4"), chrome)?.url).toBe("/o");
    expect(playableOriginal(resource("课.mov", "video/quicktime"), chrome)?.url).toBe("/o");
    expect(playableOriginal(resource("教案.docx"), chrome)).toBeNull();
  });

  it("is asked about less and less often, at last every 15 seconds", () => {
    expect([0, 1, 2, 3, 9].map(pollAfter)).toEqual([5, 8, 11, 15, 15]);
  });
});

describe("the waveform", () => {
  it("is one closed line inside its box", () => {
    expect(outline([0, 50, 130])).toBe("M0 100L0.5 100L1.5 50L2.5 0L3 100Z");
  });
});
