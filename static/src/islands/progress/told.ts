/** What the server says of the work on a file, in one sentence per file. Pure. */
import { timeLeft } from "../../shared/format";
import { texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));

export interface Step {
  kind: string;
  state: "queued" | "running" | "done" | "dead" | "cancelled";
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
}

const STEPS = {
  "media.inspect": "step_inspect",
  "media.ladder": "step_ladder",
  "media.voice": "step_voice",
  "media.paper": "step_paper",
  "media.ocr": "step_ocr",
  "media.storyboard": "step_extras",
} as const;

export function tell(file: WorkFile): Told {
  const dead = file.steps.find((step) => step.state === "dead" || step.state === "cancelled");
  if (dead || file.state === "failed") {
    const message = file.failure?.message || dead?.message || "";
    return { words: t("failed", { step: nameOf(dead?.kind ?? ""), message }), tone: "danger", canRetry: Boolean(dead) };
  }
  if (file.state === "ready") return { words: t("done"), tone: "ok", canRetry: false };
  const running = file.steps.find((step) => step.state === "running");
  if (running) {
    const places = { step: nameOf(running.kind), percent: Math.floor(running.progress * 100) };
    const words = running.left_s === null ? t("running", places) : t("running_eta", { ...places, left: timeLeft(running.left_s) });
    return { words, tone: "busy", canRetry: false };
  }
  return { words: waiting(file.steps.find((step) => step.state === "queued")), tone: "", canRetry: false };
}

function waiting(step: Step | undefined): string {
  if (!step || step.before === 0) return t("next");
  if (step.left_s === null) return t("before", { n: step.before });
  return t("before_eta", { n: step.before, left: timeLeft(step.left_s) });
}

function nameOf(kind: string): string {
  return t(kind in STEPS ? STEPS[kind as keyof typeof STEPS] : "step_other");
}
