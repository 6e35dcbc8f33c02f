import { describe, expect, it } from "vitest";
import { firstState, reduce, type Happening, type State } from "../../src/islands/player/state";

const after = (state: State, ...events: Happening[]): State => events.reduce(reduce, state);
const low = { label: "240", side: 240 };
const high = { label: "720", side: 720 };
const waiting = (clock: number, canGetLighter = true): Happening => ({ type: "waiting", clock, canGetLighter });

describe("the player", () => {
  it("stands idle until someone presses play", () => {
    expect(after(firstState({}), { type: "pause_asked" }).phase).toBe("idle");
    expect(after(firstState({}), { type: "play_asked" }).phase).toBe("starting");
    expect(after(firstState({}), { type: "play_asked" }, { type: "playing" }).phase).toBe("playing");
  });

  it("does not call a change of source a pause", () => {
    const starting = after(firstState({}), { type: "play_asked" });
    expect(after(starting, { type: "paused" }).phase).toBe("starting");
    expect(after(starting, { type: "playing" }, { type: "paused" }).phase).toBe("paused");
  });

  it("tells a fall to a lighter rung in words, but not a rung that was asked for", () => {
    const playing = after(firstState({}), { type: "play_asked" }, { type: "playing" }, { type: "rung", rung: high, hasFallen: false });
    const fallen = after(playing, { type: "rung", rung: low, hasFallen: true });
    expect(fallen.notice).toMatchObject({ key: "notice_slower", word: "rung_smooth", rung: low, stays: false });
    expect(after(playing, { type: "rung", rung: low, hasFallen: false }).notice).toBeNull();
  });

  it("offers slides and voice after two waits within a minute, not after one", () => {
    const playing = after(firstState({}), { type: "play_asked" }, { type: "playing" });
    const once = after(playing, waiting(10), { type: "playing" });
    expect(once.notice).toBeNull();
    expect(after(once, waiting(30)).notice?.key).toBe("notice_very_slow");
    expect(after(once, waiting(90)).notice).toBeNull();
    expect(after(once, waiting(30, false)).notice).toBeNull();
  });

  it("says when the network is gone and when it is back", () => {
    const lost = after(firstState({}), { type: "play_asked" }, { type: "playing" }, { type: "lost" });
    expect(lost).toMatchObject({ phase: "waiting", notice: { key: "notice_lost", stays: true } });
    expect(after(lost, { type: "found" }).notice?.key).toBe("notice_back");
    expect(after(lost, { type: "playing" })).toMatchObject({ phase: "playing", notice: { key: "notice_back", stays: false } });
  });

  it("keeps place, speed and loudness through a change of source", () => {
    const before = firstState({ at: 750, duration: 2700, rate: 1.5, volume: 0.4, muted: true });
    const changed = after(before, { type: "source", playing: "voice", choice: "voice", saver: false });
    expect(changed).toMatchObject({ at: 750, duration: 2700, rate: 1.5, volume: 0.4, muted: true, playing: "voice", rung: null });
  });

  it("forgets what it said of a slow line when another source is taken, but not that the line is gone", () => {
    const voice: Happening = { type: "source", playing: "voice", choice: "voice", saver: false };
    const playing = after(firstState({}), { type: "play_asked" }, { type: "playing" });
    expect(after(playing, waiting(10), waiting(20), voice).notice).toBeNull();
    expect(after(playing, { type: "lost" }, voice).notice?.key).toBe("notice_lost");
    expect(after(playing, { type: "broken" }, voice)).toMatchObject({ phase: "paused", notice: null });
  });

  it("tells a refusal in the server's words, or that one has to sign in, until it is over", () => {
    const starting = after(firstState({}), { type: "play_asked" });
    const gone = after(starting, { type: "refused", status: 410, text: "已下架" });
    expect(gone).toMatchObject({ phase: "paused", notice: { key: "notice_refused", text: "已下架", stays: true } });
    const out = after(starting, { type: "playing" }, { type: "refused", status: 401, text: "请先登录" });
    expect(out).toMatchObject({ phase: "playing", notice: { key: "notice_signed_out" } });
    expect(after(out, { type: "found" }).notice).toBeNull();
  });

  it("keeps the known length while a source does not know its own", () => {
    expect(after(firstState({ duration: 90 }), { type: "time", at: 1, duration: 0, bufferedTo: 3 }).duration).toBe(90);
  });
});
