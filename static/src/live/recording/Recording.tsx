/** Recording on the lead's page: the button, what is missing, what is still to be sent. */
import { useContext, useEffect, useReducer, useState } from "preact/hooks";
import { createContext } from "preact";
import { sendingWords } from "../../recordings/resume";
import { Refused, useLesson } from "../hooks";
import { useCarrier } from "../MediaControls";
import { t, type Word } from "../words";
import { RecordingDesk } from "./desk";

export const RecordingContext = createContext<RecordingDesk | null>(null);

/** The page's recording desk, made with the page and closed with it. */
export function useRecordingDesk(): RecordingDesk | null {
  const lesson = useLesson();
  const carrier = useCarrier();
  const [desk, setDesk] = useState<RecordingDesk | null>(null);
  useEffect(() => {
    if (!carrier) return;
    const made = new RecordingDesk(lesson, carrier);
    setDesk(made);
    return () => made.close();
  }, [lesson, carrier]);
  return desk;
}

/** The lead's button; nothing before there is sound or picture to record. */
export function RecordControl() {
  const lesson = useLesson();
  const carrier = useCarrier();
  const desk = useDesk();
  useEffect(() => desk?.follow(), [desk, carrier?.own, carrier?.stream]);
  if (!desk || !carrier?.stream) return null;
  const { recording, phase } = lesson.state;
  const isRunning = phase === "running";
  return (
    <div class="record-control">
      {isRunning && recording && <button type="button" class="btn btn-plain" onClick={() => desk.end()}>{t("record_end")}</button>}
      {isRunning && !recording && <button type="button" class="btn btn-plain" aria-expanded={desk.standing !== null} onClick={() => void desk.begin()}>{t("record_begin")}</button>}
      <SendingWords desk={desk} />
      {desk.standing && !desk.standing.may_record && !recording && <Missing desk={desk} />}
      {desk.refusal && <p class="refused" role="alert">{desk.refusal}</p>}
      <Refused of="record" />
    </div>
  );
}

/** After the lesson: whether the recording is safe, and the way to it. */
export function AfterRecording() {
  const lesson = useLesson();
  const desk = useDesk();
  const [isRecorded, setRecorded] = useState(false);
  useEffect(() => {
    if (desk) void desk.wasRecorded().then(setRecorded);
  }, [desk, desk?.sending.leftS === 0]);
  if (!desk || !isRecorded) return null;
  return (
    <p class="record-after">
      {desk.sending.leftS > 0 ? t("record_after") : <a href={`/live/${lesson.props.lesson}/recording`}>{t("record_watch")}</a>}
    </p>
  );
}

function SendingWords({ desk }: { desk: RecordingDesk }) {
  const { phase } = useLesson().state;
  if (desk.isFull) return <p class="media-own" role="alert">{t("record_full")}</p>;
  if (desk.sending.trouble) return <p class="media-own" role="status">{sendingWords(desk.sending)}</p>;
  // In class only a long queue is worth a word; after it every minute that is not safe yet.
  const isWorth = phase === "ended" ? desk.sending.leftS > 0 : desk.sending.leftS >= 60;
  return isWorth ? <p class="record-left" role="status">{desk.sending.isResting ? t("record_resting", { n: Math.ceil(desk.sending.leftS / 60) }) : sendingWords(desk.sending)}</p> : null;
}

function Missing({ desk }: { desk: RecordingDesk }) {
  const [chosen, choose] = useState("");
  return (
    <div class="record-card" role="group" aria-label={t("record_missing")}>
      <p><strong>{t("record_missing")}</strong></p>
      <p>{t("record_missing_batch")} <a href="/consents" target="_blank" rel="noopener">{t("record_consents")}</a></p>
      <fieldset>
        <legend>{t("record_declare")}</legend>
        {(desk.standing?.declarable ?? []).map((one) => (
          <label key={one} class="record-choice">
            <input type="radio" name="declaration" checked={chosen === one} onChange={() => choose(one)} />
            <span>{t(`declare_${one}` as Word)}</span>
          </label>
        ))}
      </fieldset>
      <p class="muted small">{t("record_village")}</p>
      <div class="actions">
        <button type="button" class="btn btn-primary" disabled={!chosen} onClick={() => void desk.declare(chosen)}>{t("record_begin")}</button>
        <button type="button" class="btn btn-quiet" onClick={() => desk.cancel()}>{t("record_not")}</button>
      </div>
    </div>
  );
}

function useDesk(): RecordingDesk | null {
  const desk = useContext(RecordingContext);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => desk?.watch(() => redraw(undefined as never)), [desk]);
  return desk;
}
