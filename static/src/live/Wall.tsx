/**
 * 作品墙: the works of all classes, over the board of every page of the lesson, for as long as the lead shows them.
 *
 * Small pictures come one after the other, so that they take the line from nobody; one that is shown alone is small
 * at first and sharp when all of it is here. On the lead's page a press shows one to all.
 */
import { useEffect, useState } from "preact/hooks";
import "../styles/wall.scss";
import { Refused, useLesson } from "./hooks";
import { addressesOf, type PhotoAddresses } from "./Photo";
import { nameOf } from "./props";
import type { Work } from "./state";
import { t } from "./words";

/** As many as can be told apart from six metres; the newest. */
const MOST = 12;

export function Wall({ mayTurn = false }: { mayTurn?: boolean }) {
  const lesson = useLesson();
  const { wall, photos } = lesson.state;
  const [arrived, arrive] = useState(0);
  if (!wall || photos.length === 0) return null;
  const alone = photos.find((photo) => photo.id === wall.photo);
  const shown = alone ? [alone] : photos.slice(-MOST);
  const turn = (photo: string | null) => (): void => void lesson.act("wall", "works:show", { photo });
  return (
    <section class={`wall ${alone ? "is-alone" : ""}`} aria-label={t("wall")} style={{ "--across": String(Math.ceil(Math.sqrt(shown.length))) }}>
      <ul>
        {shown.map((work, at) => (
          <li key={work.id}>
            <Hung work={work} isAlone={Boolean(alone)} mayLoad={Boolean(alone) || at <= arrived} onDone={() => arrive((count) => Math.max(count, at + 1))} />
            {mayTurn && !alone && shown.length > 1 && <button type="button" class="wall-press" aria-label={t("wall_alone", { n: at + 1, name: nameOf(lesson.props.sites, work.site) })} onClick={turn(work.id)} />}
          </li>
        ))}
      </ul>
      {mayTurn && (
        <div class="wall-acts">
          <span class="state state-live">{t("wall_shown")}</span>
          {alone && photos.length > 1 && <button type="button" class="btn btn-plain" onClick={turn(null)}>{t("wall_all")}</button>}
          <button type="button" class="btn btn-plain" onClick={() => lesson.act("wall", "works:hide")}>{t("wall_hide")}</button>
          <Refused of="wall" />
        </div>
      )}
    </section>
  );
}

interface HungProps {
  work: Work;
  isAlone: boolean;
  mayLoad: boolean;
  onDone: () => void;
}

function Hung({ work, isAlone, mayLoad, onDone }: HungProps) {
  const { props } = useLesson();
  const [found, find] = useState<PhotoAddresses | null>(null);
  const [isSharp, sharpen] = useState(false);
  const name = nameOf(props.sites, work.site);
  useEffect(() => {
    if (!mayLoad || found) return;
    let isOver = false;
    addressesOf(props.lesson, work.asset).then((given) => isOver || find(given), onDone);
    return () => {
      isOver = true;
    };
  }, [work.asset, mayLoad]);
  useEffect(() => {
    if (!isAlone || !found?.small) return;
    const whole = new Image();
    whole.onload = () => sharpen(true);
    whole.src = found.url;
    return () => {
      whole.onload = null;
    };
  }, [isAlone, found]);
  const src = found && (found.small && !(isAlone && isSharp) ? found.small : found.url);
  return (
    <figure>
      {src ? <img src={src} alt={t("photo_of", { name })} decoding="async" onLoad={onDone} onError={onDone} /> : <span class="wall-coming" role="status">{t("wall_coming")}</span>}
      <figcaption>{name}</figcaption>
    </figure>
  );
}
