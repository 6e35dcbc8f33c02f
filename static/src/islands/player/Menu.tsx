/** Quality, speed, captions and data saver in one sheet of plain radio buttons. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { CaptionChoice } from "./captions";
import { Icon } from "./Icon";
import { RATES } from "./keys";
import { hasLadder, megabytesPerMinute, soundAlone, videoRungs } from "./rungs";
import type { Session } from "./session";
import type { Choice } from "./types";
import { rungName, t } from "./words";

interface Props {
  session: Session;
  captions: CaptionChoice;
  onClose: () => void;
}

export function Menu({ session, captions, onClose }: Props) {
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    sheet.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Element && !event.target.closest(".player-sheet, .player-opener")) onClose();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  };
  return (
    <div class="player-sheet" ref={sheet} role="dialog" aria-label={t("settings")} onKeyDown={escape}>
      <button type="button" class="player-button player-sheet-close" aria-label={t("settings_close")} onClick={onClose}>
        <Icon name="close" />
      </button>
      <Quality session={session} />
      <Speed session={session} />
      {session.captions.length > 0 ? <Captions session={session} captions={captions} /> : null}
    </div>
  );
}

function Quality({ session }: { session: Session }) {
  const { media } = session.resource;
  const { choice, saver } = session.state;
  if (!hasLadder(media) && !media?.voice) return null;
  const sound = soundAlone(media);
  const option = (value: Choice, name: string, kbps: number | null, hint?: string) => {
    const megabytes = megabytesPerMinute(kbps);
    return (
      <Option
        group="quality" name={name} isChosen={choice === value} onChoose={() => session.setChoice(value)}
        hint={hint ?? (megabytes ? t("per_minute", { mb: megabytes }) : undefined)}
      />
    );
  };
  return (
    <fieldset>
      <legend>{t("quality")}</legend>
      {videoRungs(media).length > 0 && option("auto", t("quality_auto"), null, t("quality_auto_hint"))}
      {videoRungs(media).map((rung) => option(`rung:${rung.label}`, rungName(rung), rung.bitrate_kbps))}
      {media?.voice && option("voice", t("voice"), null, t("voice_hint"))}
      {sound && option("audio", t("audio_only"), sound.bitrate_kbps)}
      <label class="player-option player-saver">
        <input type="checkbox" role="switch" checked={saver} onChange={() => session.setSaver(!saver)} />
        <span>
          {t("saver")}
          <small>{t("saver_hint")}</small>
        </span>
      </label>
    </fieldset>
  );
}

function Speed({ session }: { session: Session }) {
  return (
    <fieldset class="player-speeds">
      <legend>{t("speed")}</legend>
      {RATES.map((rate) => (
        <Option
          group="speed" name={rate === 1 ? t("speed_normal") : `${rate}×`} isChosen={session.state.rate === rate}
          onChoose={() => session.setRate(rate)}
        />
      ))}
    </fieldset>
  );
}

function Captions({ session, captions }: { session: Session; captions: CaptionChoice }) {
  return (
    <fieldset>
      <legend>{t("captions")}</legend>
      <Option group="captions" name={t("captions_none")} isChosen={captions.chosen === null} onChoose={() => captions.choose(null)} />
      {session.captions.map((track) => (
        <Option
          group="captions" name={track.label} isChosen={captions.chosen?.id === track.id}
          onChoose={() => captions.choose(track)}
        />
      ))}
      <label class="player-option">
        <input type="checkbox" role="switch" checked={captions.isLarge} onChange={captions.toggleLarge} />
        <span>{t("captions_large")}</span>
      </label>
    </fieldset>
  );
}

interface OptionProps {
  group: string;
  name: ComponentChildren;
  hint?: string | undefined;
  isChosen: boolean;
  onChoose: () => void;
}

function Option({ group, name, hint, isChosen, onChoose }: OptionProps) {
  return (
    <label class="player-option">
      <input type="radio" name={`player-${group}`} checked={isChosen} onChange={onChoose} />
      <span>
        {name}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}
