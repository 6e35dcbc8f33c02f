/** The row of buttons under the picture: beneath, not over it, so that no line of a slide is hidden. */
import { useRef, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import type { CaptionChoice } from "./captions";
import { Icon, type IconName } from "./Icon";
import { Menu } from "./Menu";
import { canFloat, isFullscreen, toggleFloat } from "./screen";
import type { Session } from "./session";
import { Timeline } from "./Timeline";
import { choiceName, t } from "./words";

interface Props {
  session: Session;
  captions: CaptionChoice;
  onFullscreen: () => void;
}

export function Controls({ session, captions, onFullscreen }: Props) {
  const { phase, at, duration, choice } = session.state;
  const isRunning = phase === "playing" || phase === "starting" || phase === "waiting";
  const hasVoice = Boolean(session.resource.media?.voice);
  const runs: [IconName, string] = phase === "ended" ? ["replay", t("replay")] : isRunning ? ["pause", t("pause")] : ["play", t("play")];
  return (
    <div class="player-bar" role="group" aria-label={t("player")}>
      <Timeline session={session} />
      <div class="player-row">
        <Button icon={runs[0]} name={runs[1]} onClick={() => session.toggle()} />
        <Button icon="back" name={t("back_10")} onClick={() => session.seek(at - 10)} isWide />
        <Button icon="forward" name={t("forward_10")} onClick={() => session.seek(at + 10)} isWide />
        <Sound session={session} />
        <span class="player-time">
          <span>{clockTime(at)}</span> <span>/ {clockTime(duration)}</span>
        </span>
        <span class="player-space" />
        {hasVoice && (
          <button
            type="button" class="player-button player-worded" title={t("voice_hint")}
            onClick={() => session.setChoice(choice === "voice" ? "auto" : "voice")}
          >
            <Icon name={choice === "voice" ? "video" : "slides"} />
            <span>{choice === "voice" ? t("video") : t("voice")}</span>
          </button>
        )}
        {session.captions.length > 0 ? (
          <Button
            icon="captions" name={captions.chosen ? t("captions_off") : t("captions_on")} onClick={captions.toggle}
            isPressed={captions.chosen !== null}
          />
        ) : null}
        <Settings session={session} captions={captions} />
        {canFloat() && choice !== "voice" && choice !== "audio" && (
          <Button icon="window" name={t("picture_in_picture")} onClick={() => toggleFloat(session.video)} isWide />
        )}
        <Button icon={isFullscreen() ? "small" : "full"} name={isFullscreen() ? t("fullscreen_exit") : t("fullscreen")} onClick={onFullscreen} />
      </div>
    </div>
  );
}

function Settings({ session, captions }: Omit<Props, "onFullscreen">) {
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  const now = choiceName(session.state.choice, session.state.rung, session.resource.media);
  return (
    <>
      <button
        type="button" ref={opener} class="player-button player-worded player-opener" aria-haspopup="dialog" aria-expanded={isOpen}
        aria-label={`${t("settings")}: ${now}`} title={t("keys")} onClick={() => (isOpen ? close() : setOpen(true))}
      >
        <Icon name="settings" />
        <span>{now}</span>
      </button>
      {isOpen && <Menu session={session} captions={captions} onClose={close} />}
    </>
  );
}

function Sound({ session }: { session: Session }) {
  const { volume, muted } = session.state;
  const isSilent = muted || volume === 0;
  return (
    <span class="player-sound">
      <Button
        icon={isSilent ? "silent" : "sound"} name={isSilent ? t("unmute") : t("mute")}
        onClick={() => session.setSound(volume === 0 ? 0.5 : volume, !isSilent)}
      />
      <input
        type="range" min="0" max="1" step="0.05" value={muted ? 0 : volume} aria-label={t("volume")}
        aria-valuetext={`${Math.round((muted ? 0 : volume) * 100)}%`}
        onInput={(event) => session.setSound(Number(event.currentTarget.value), false)}
      />
    </span>
  );
}

interface ButtonProps {
  icon: IconName;
  name: string;
  onClick: () => void;
  /** Left out where there is little room; its work can be done otherwise there. */
  isWide?: boolean;
  isPressed?: boolean;
}

function Button({ icon, name, onClick, isWide, isPressed }: ButtonProps) {
  return (
    <button
      type="button" class={`player-button${isWide ? " player-wide" : ""}`} aria-label={name} title={name} onClick={onClick}
      {...(isPressed === undefined ? {} : { "aria-pressed": isPressed })}
    >
      <Icon name={icon} />
    </button>
  );
}
