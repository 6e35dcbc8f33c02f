import { expect, test } from "vitest";
import { tell, type Step, type WorkFile } from "../src/islands/progress/told";

const step = (kind: string, state: Step["state"], more: Partial<Step> = {}): Step => ({ kind, state, progress: 0, before: 0, left_s: null, message: null, ...more });
const file = (state: WorkFile["state"], steps: Step[]): WorkFile => ({ asset_id: "a", filename: "f", state, progress: 0, failure: null, steps });

test("a waiting file tells how many tasks are before it and how long that takes", () => {
  expect(tell(file("processing", [step("media.ladder", "queued", { before: 3, left_s: 230 })])).words).toBe("前面还有 3 个任务，大约 4 分钟");
});

test("a running step is named with its share and the time left", () => {
  const steps = [step("media.inspect", "done"), step("media.ladder", "running", { progress: 0.524, left_s: 100 })];
  expect(tell(file("processing", steps)).words).toBe("生成各档清晰度 52%，还要大约 2 分钟");
});

test("a dead step gives its reason and may be tried again, even beside a file that can be shown", () => {
  const told = tell(file("ready", [step("media.voice", "dead", { message: "声音在 06:12 处损坏。" })]));
  expect([told.words, told.tone, told.canRetry]).toEqual(["生成语音和课件版没有做成：声音在 06:12 处损坏。", "danger", true]);
});

test("work can be stopped while it waits or runs, and not when it is over", () => {
  const stoppable = (state: Step["state"], of: WorkFile["state"]) => tell(file(of, [step("media.ladder", state)])).canStop;
  expect([stoppable("queued", "processing"), stoppable("running", "processing")]).toEqual([true, true]);
  expect([stoppable("done", "ready"), stoppable("dead", "failed"), stoppable("cancelled", "failed")]).toEqual([false, false, false]);
});

test("stopped work is no failure, and it may begin again once the last step has come to rest", () => {
  const rests = tell(file("failed", [step("media.inspect", "done"), step("media.ladder", "cancelled")]));
  expect([rests.words, rests.tone, rests.canRetry]).toEqual(["生成各档清晰度已停止，没有做完", "", true]);
  expect(tell(file("processing", [step("media.voice", "cancelled"), step("media.storyboard", "running")])).canRetry).toBe(false);
});
