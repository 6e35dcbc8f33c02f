/** What lies over the picture: the big button, the slide, captions, and what is going on in words. */
import type { ComponentChildren } from "preact";
import { clockTime } from "../../shared/format";
import type { CaptionChoice } from "./captions";
import { Icon } from "./Icon";
import type { Session } from "./session";
import { Slides } from "./Slides";
import type { Notice } from "./state";
import type { Resource } from "./types";
import { t } from "./words";

export function Overlays({ session, captions }: { session: Session; captions: CaptionChoice }) {
  const { phase, playing } = session.state;
  return (
    <>
      {playing === "voice" && <Slides session={session} />}
      {playing === "audio" && phase !== "idle" && <p class="player-words"><span class="player-notice">{t("audio_only")}</span></p>}
      {captions.lines.length > 0 && (
        <p class={`player-captions${captions.isLarge ? " is-large" : ""}`}>
          {captions.lines.map((line) => (
            <span>{line}</span>
          ))}
        </p>
      )}
      {playing === "nothing" ? <Making session={session} /> : <Start session={session} />}
      <div class="player-notices" role="status">
        {playing === "file" && <Original state={session.resource.state} />}
        {session.state.notice && <Told notice={session.state.notice} session={session} />}
      </div>
    </>
  );
}

function Original({ state }: { state: Resource["state"] }) {
  if (state === "ready") return null;
  return <p class="player-notice">{t(state === "failed" ? "original_only" : "original_first")}</p>;
}

function Start({ session }: { session: Session }) {
  const { phase } = session.state;
  if (phase === "starting" || phase === "waiting") {
    return (
      <p class="player-busy" role="status">
        <span class="player-wheel" aria-hidden="true" />
        {t(phase)}
      </p>
    );
  }
  if (phase !== "idle" && phase !== "ended") return null;
  const resume = phase === "idle" ? session.resumeAt : null;
  return (
    <div class="player-start">
      <button type="button" class="player-big" aria-label={phase === "ended" ? t("replay") : t("play")} onClick={() => session.play()}>
        <Icon name={phase === "ended" ? "replay" : "play"} />
      </button>
      {resume !== null && (
        <p class="player-resume">
          <button type="button" onClick={() => session.play()}>
            {t("resume", { at: clockTime(resume) })}
          </button>
          <span aria-hidden="true">·</span>
          <button type="button" onClick={() => session.playFrom(0)}>
            {t("from_start")}
          </button>
        </p>
      )}
    </div>
  );
}

/** Nothing can be played yet: say what is being done and how far it is. */
function Making({ session }: { session: Session }) {
  const { state, progress, failure } = session.resource;
  const percent = Math.floor(Math.min(1, Math.max(0, progress)) * 100);
  if (state === "failed") return <Words title={t("failed")} text={failure?.message || t("failed_unknown")} />;
  if (state === "ready") return <Words title={t("nothing_to_play")} text="" />;
  return (
    <Words title={t("processing")} text={percent > 0 ? t("processing_percent", { n: percent }) : t("processing_queued")}>
      {percent > 0 && <progress max="100" value={percent} aria-label={t("processing")} />}
    </Words>
  );
}

export function Words({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  return (
    <div class="player-words" role="status">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
      {text && <p>{text}</p>}
    </div>
  );
}

function Told({ notice, session }: { notice: Notice; session: Session }) {
  const places = notice.rung && notice.word ? { word: t(notice.word), side: notice.rung.side } : {};
  return (
    <p class="player-notice">
      <span>{notice.text ?? t(notice.key, places)}</span>
      {notice.key === "notice_signed_out" && <a href={signInHere()}>{t("sign_in")}</a>}
      {notice.key === "notice_very_slow" && (
        <button type="button" onClick={() => session.setChoice("voice")}>
          {t("change_to_voice")}
        </button>
      )}
      {notice.key === "notice_fault" && (
        <button type="button" onClick={() => location.reload()}>
          {t("reload")}
        </button>
      )}
      {notice.stays && notice.key === "notice_very_slow" && (
        <button type="button" onClick={() => session.dismissNotice()}>
          {t("dismiss")}
        </button>
      )}
    </p>
  );
}

/** Signing in leads back to this page. */
function signInHere(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}
