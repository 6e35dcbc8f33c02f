/** The check of a room as one sees it: what is looked at now, what was found, and what the lesson will be carried on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useLesson } from "../hooks";
import { t, type Word } from "../words";
import { checkRoom, report, STEPS, type Step, type Tone } from "./run";
import { healthOf, type Found } from "./verdict";

type Lines = Partial<Record<Step, { tone: Tone; words: string }>>;
const HEALTH_TONE = { well: "ok", fair: "warn", poor: "danger" } as const;

export function RoomCheck({ onClose }: { onClose: () => void }) {
  const lesson = useLesson();
  const [lines, tell] = useState<Lines>({});
  const [found, find] = useState<Found | null>(null);
  const [problem, setProblem] = useState("");
  const [round, again] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const ending = new AbortController();
    const watching = {
      told: (step: Step, tone: Tone, words: string) => tell((old) => ({ ...old, [step]: { tone, words } })),
      picture: (stream: MediaStream) => {
        if (!video.current) return;
        video.current.srcObject = stream;
        void video.current.play().catch(() => undefined);
      },
      level: (level: number) => {
        if (bar.current) bar.current.style.transform = `scaleX(${Math.min(1, Math.sqrt(level) * 2)})`;
      },
    };
    tell({});
    find(null);
    void checkRoom(lesson, watching, ending.signal).then(async (result) => {
      if (!result) return;
      find(result);
      setProblem(await report(lesson.props.lesson, result));
    });
    return () => ending.abort();
  }, [round]);
  return (
    <section class="check" aria-label={t("check")}>
      <div class="check-picture">
        <video ref={video} muted playsInline aria-label={t("check_picture")} />
        <div class="check-level" aria-hidden="true"><div ref={bar} /></div>
      </div>
      <ol class="check-steps">
        {STEPS.map((step) => (
          <li key={step}>
            <span>{t(`check_${step}`)}</span>
            <span class={`state ${lines[step]?.tone ? `state-${lines[step]!.tone}` : ""}`}>{lines[step]?.words ?? t("check_waits")}</span>
          </li>
        ))}
      </ol>
      <div class="check-end" role="status">
        {found ? <p class={`check-verdict is-${HEALTH_TONE[healthOf(found)]}`}><strong>{t(`check_${healthOf(found)}`)}</strong> {t("check_predicted", { rung: t(`predict_${found.rung}` as Word) })}</p> : <p>{t("check_going")}</p>}
        {problem && <p class="refused" role="alert">{t("check_not_kept", { why: problem })}</p>}
      </div>
      <div class="check-acts">
        {found && <button type="button" class="btn btn-plain" onClick={() => again(round + 1)}>{t("check_again")}</button>}
        <button type="button" class="btn btn-quiet" onClick={onClose}>{t("check_close")}</button>
      </div>
    </section>
  );
}
