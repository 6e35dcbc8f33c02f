/** What the server says of the work on a file, in one sentence per file. Pure. */
import { timeLeft } from "../../shared/format";
import { texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));

export interface Step {
  kind: string;
  /** `off`: this installation cannot do the step; nothing waits for it. */
  state: "queued" | "running" | "done" | "dead" | "cancelled" | "off";
  progress: number;
  before: number;
  left_s: number | null;
  message: string | null;
}

export interface WorkFile {
  asset_id: string;
  filename: string;
  state: "processing" | "ready" | "failed";
  progress: number;
  failure: { code: string; message: string } | null;
  steps: Step[];
}

export interface Told {
  words: string;
  tone: "" | "ok" | "busy" | "danger";
  canRetry: boolean;
  canStop: boolean;
}

const STEPS = {
  "media.inspect": "step_inspect",
  "media.ladder": "step_ladder",
  "media.voice": "step_voice",
  "media.paper": "step_paper",
  "media.ocr": "step_ocr",
  "media.storyboard": "step_extras",
  "media.slides": "step_slides",
  "media.speech": "step_speech",
} as const;

export function tell(file: WorkFile): Told {
  const open = file.steps.some((step) => step.state === "queued" || step.state === "running");
  const told = (words: string, tone: Told["tone"], more: Partial<Told> = {}): Told => ({ words, tone, canRetry: false, canStop: open && file.state !== "ready", ...more });
  const dead = file.steps.find((step) => step.state === "dead");
  const stopped = file.steps.find((step) => step.state === "cancelled");
  if (stopped && !dead) return told(t("stopped", { step: nameOf(stopped.kind) }), "", { canRetry: !open });
  if (dead || file.state === "failed") {
    const message = file.failure?.message || dead?.message || "";
    return told(t("failed", { step: nameOf(dead?.kind ?? ""), message }), "danger", { canRetry: Boolean(dead) });
  }
  if (file.state === "ready") return told(t("done"), "ok");
  const running = file.steps.find((step) => step.state === "running");
  if (running) {
    const places = { step: nameOf(running.kind), percent: Math.floor(running.progress * 100) };
    return told(running.left_s === null ? t("running", places) : t("running_eta", { ...places, left: timeLeft(running.left_s) }), "busy");
  }
  return told(waiting(file.steps.find((step) => step.state === "queued")), "");
}

function waiting(step: Step | undefined): string {
  if (!step || step.before === 0) return t("next");
  if (step.left_s === null) return t("before", { n: step.before });
  return t("before_eta", { n: step.before, left: timeLeft(step.left_s) });
}

function nameOf(kind: string): string {
  return t(kind in STEPS ? STEPS[kind as keyof typeof STEPS] : "step_other");
}
