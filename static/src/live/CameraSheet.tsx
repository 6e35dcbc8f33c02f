/** Letting a phone be the document camera of a class: the picture to scan, what became of it, and the end of it. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../shared/api";
import "../styles/camera.scss";
import { Refused, useLesson, useNow } from "./hooks";
import { hasCamera } from "./media/cameras";
import { nameOf } from "./props";
import { t } from "./words";

interface Invitation {
  code: string;
  address: string;
  picture: string;
  until: number;
}

export function CameraSheet({ site }: { site: number }) {
  const lesson = useLesson();
  const { state } = lesson;
  const camera = state.cameras[String(site)];
  const invite = (): void => void lesson.act("camera", "camera:invite", { site });
  const isBusy = lesson.isWaiting("camera");
  if (state.phase === "ended") return <p class="muted">{t("camera_over")}</p>;
  return (
    <div class="sheet-form camera-sheet">
      {!camera && (
        <>
          <p>{t("camera_what")}</p>
          <button type="button" class="btn btn-primary" disabled={isBusy} onClick={invite}>{t("camera_invite")}</button>
        </>
      )}
      {camera && !camera.device && <Scan key={camera.key} site={site} onAgain={invite} />}
      {camera?.device && (
        <>
          <p><span class="state state-ok">{t("camera_on")}</span></p>
          <p class="muted small">{t("camera_on_more")}</p>
          <div class="actions">
            <button type="button" class="btn btn-plain" disabled={isBusy} onClick={invite}>{t("camera_other")}</button>
            <button type="button" class="btn btn-plain" disabled={isBusy} onClick={() => lesson.act("camera", "camera:drop", { site })}>{t("camera_stop")}</button>
          </div>
        </>
      )}
      <Refused of="camera" />
    </div>
  );
}

/** For the lead, who may put a phone on any table. */
export function CameraSheetOfAny() {
  const { props, state } = useLesson();
  const [site, choose] = useState(props.sites.find(({ position }) => hasCamera(state, position))?.position ?? 0);
  return (
    <section aria-label={t("camera")}>
      <h3 class="camera-title">{t("camera")}</h3>
      {props.sites.length > 1 && (
        <label class="field">
          <span class="form-label">{t("camera_where")}</span>
          <select class="form-select" value={site} onChange={(event) => choose(Number(event.currentTarget.value))}>
            {props.sites.map(({ position }) => <option key={position} value={position}>{nameOf(props.sites, position)}</option>)}
          </select>
        </label>
      )}
      <CameraSheet key={site} site={site} />
    </section>
  );
}

/** The picture to scan, as long as it is taken. */
function Scan({ site, onAgain }: { site: number; onAgain: () => void }) {
  const lesson = useLesson();
  const now = useNow();
  const [shown, show] = useState<Invitation | null>(null);
  const [problem, tell] = useState("");
  useEffect(() => {
    const ending = new AbortController();
    api<Invitation>(`/api/v1/lessons/${lesson.props.lesson}/camera?site=${site}`, { signal: ending.signal }).then(show, (error: Error) => {
      if (!ending.signal.aborted) tell(error.message);
    });
    return () => ending.abort();
  }, [site]);
  const isOver = problem !== "" || (shown !== null && now > shown.until);
  const minutes = shown ? Math.max(1, Math.ceil((shown.until - now) / 60_000)) : 0;
  return (
    <>
      {shown && !isOver && (
        <figure class="camera-scan">
          <img src={shown.picture} alt={t("camera_picture")} width="220" height="220" />
          <figcaption>
            <p>{t("camera_scan")}</p>
            <p class="small">{t("camera_type", { at: `${location.host}/camera` })}<br /><strong class="camera-code">{shown.code}</strong></p>
            <p class="muted small" role="status">{t("camera_until", { n: minutes })}</p>
          </figcaption>
        </figure>
      )}
      {isOver && <p role="status">{problem || t("camera_expired")}</p>}
      {!shown && !isOver && <p class="muted" role="status">{t("camera_making")}</p>}
      <button type="button" class={`btn ${isOver ? "btn-primary" : "btn-plain"}`} onClick={onAgain}>{t("camera_again")}</button>
    </>
  );
}
