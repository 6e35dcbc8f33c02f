/** What the document camera of a class shows: small beside the class, large over the board, and for the lead to be shown to all. */
import "../styles/camera.scss";
import { Refused, useLesson } from "./hooks";
import { MediaPlace } from "./MediaPlace";
import { cameraPlace, hasCamera, reachesAll, shownToAll } from "./media/cameras";
import { nameOf, receivers } from "./props";
import { t } from "./words";

interface SmallProps {
  site: number;
  isLarge: boolean;
  onEnlarge: (site: number | null) => void;
}

/** Nothing where the class has none. The whole picture is the button. */
export function DocumentSmall({ site, isLarge, onEnlarge }: SmallProps) {
  const { state, props } = useLesson();
  if (!hasCamera(state, site)) return null;
  const name = nameOf(props.sites, site);
  return (
    <div class="document-small">
      <MediaPlace site={cameraPlace(site)} words={t("camera_coming")} />
      <button type="button" aria-pressed={isLarge} aria-label={t(isLarge ? "camera_smaller" : "camera_larger", { name })} onClick={() => onEnlarge(isLarge ? null : site)}>
        <span>{t("camera")}</span>
      </button>
    </div>
  );
}

/** Over the board of the lead's page. */
export function DocumentLarge({ site, onClose }: { site: number; onClose: () => void }) {
  const lesson = useLesson();
  const { state, props } = lesson;
  const isShown = shownToAll(state) === site;
  const canShow = reachesAll(state, site) && receivers(props.sites).some(({ position }) => position !== site) && state.phase !== "ended";
  const show = (shown: number | null) => (): void => void lesson.act("camera", "camera:show", { site: shown });
  return (
    <section class="document-large" aria-label={t("camera_of", { name: nameOf(props.sites, site) })}>
      <MediaPlace site={cameraPlace(site)} words={t("camera_coming")} />
      <div class="document-acts">
        <strong>{t("camera_of", { name: nameOf(props.sites, site) })}</strong>
        {isShown && <span class="state state-live">{t("camera_shown")}</span>}
        {canShow && !isShown && <button type="button" class="btn btn-primary" onClick={show(site)}>{t("camera_show")}</button>}
        {isShown && <button type="button" class="btn btn-plain" onClick={show(null)}>{t("camera_unshow")}</button>}
        <button type="button" class="btn btn-plain" onClick={onClose}>{t("close")}</button>
        <Refused of="camera" />
      </div>
    </section>
  );
}
