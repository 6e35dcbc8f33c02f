/** The check of a room as one sees it: what is looked at now, what was found, and what the lesson will be carried on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { DeviceChoice } from "../DeviceChoice";
import { useLesson } from "../hooks";
import { useCarrier } from "../MediaControls";
import { choose } from "../media/capture";
import { siteOf } from "../props";
import { t, type Word } from "../words";
import { checkRoom, report, STEPS, type Step, type Tone } from "./run";
import { healthOf, type Found } from "./verdict";

type Lines = Partial<Record<Step, { tone: Tone; words: string }>>;
const HEALTH_TONE = { well: "ok", fair: "warn", poor: "danger" } as const;

export function RoomCheck({ onClose }: { onClose: () => void }) {
  const lesson = useLesson();
  const carrier = useCarrier();
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
      // The line of a class begins on the rung foretold, until it is measured in the lesson.
      const site = siteOf(lesson.seat);
      if (site && !carrier?.hears(0) && lesson.state.links[String(site)]?.rung !== result.rung) lesson.act("link", "link:report", { site, rung: result.rung });
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
      {found && <DeviceChoice again={found} onUse={(kind, id) => (carrier && carrier.own !== "off" ? void carrier.use(kind, id) : choose({ [kind]: id }))} />}
      <div class="check-acts">
        {found && <button type="button" class="btn btn-plain" onClick={() => again(round + 1)}>{t("check_again")}</button>}
        <button type="button" class="btn btn-quiet" onClick={onClose}>{t("check_close")}</button>
      </div>
    </section>
  );
}
