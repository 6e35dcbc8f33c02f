/** The player as a whole: one <video>, what lies over it, the row beneath, keys and full screen. */
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { useCaptions } from "./captions";
import { Controls } from "./Controls";
import { Overlays } from "./Frame";
import { commandOf, nextRate, spotOf, type Command } from "./keys";
import { momentOf } from "./moment";
import { isFullscreen, toggleFullscreen } from "./screen";
import { Session } from "./session";
import type { PlayerProps, Resource } from "./types";
import { t } from "./words";

/** The bar hides in full screen after this long without a movement. */
const REST_MS = 3000;

export function Player({ props, resource }: { props: PlayerProps; resource: Resource }) {
  const root = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [session, setSession] = useState<Session | null>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const captions = useCaptions(session);
  // Renewed addresses show the same picture; a change would fetch it again.
  const [poster] = useState(resource.media?.poster ?? null);
  const isResting = useRest(root);

  useLayoutEffect(() => {
    const made = new Session(props, resource, video.current as HTMLVideoElement);
    const leave = made.subscribe(() => redraw(undefined));
    const moment = momentOf(location.hash);
    if (moment !== null) made.seek(moment);
    setSession(made);
    return () => {
      leave();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    if (session === null) return undefined;
    return afterPaint(() => session.prepare());
  }, [session]);
  useEffect(() => (session ? followPage(session, root.current as HTMLElement, obey) : undefined), [session, captions.chosen]);
  useEffect(() => {
    for (const name of ["fullscreenchange", "webkitfullscreenchange"]) document.addEventListener(name, redraw);
    return () => {
      for (const name of ["fullscreenchange", "webkitfullscreenchange"]) document.removeEventListener(name, redraw);
    };
  }, []);

  const full = (): void => toggleFullscreen(root.current as HTMLElement, video.current as HTMLVideoElement);
  const obey = (command: Command): void => {
    if (session === null) return;
    const { state } = session;
    if (command.do === "fullscreen") full();
    else if (command.do === "captions") captions.toggle();
    else if (command.do === "toggle") session.toggle();
    else if (command.do === "mute") session.setSound(state.volume, !state.muted);
    else if (command.do === "volume") session.setSound(state.volume + command.by, false);
    else if (command.do === "move") session.seek(state.at + command.by);
    else if (command.do === "share") session.seek(state.duration * command.of);
    else session.setRate(nextRate(state.rate, command.do === "faster" ? 1 : -1));
  };

  const isQuiet = isFullscreen() && isResting && session?.state.phase === "playing";
  return (
    <section class={`player${isFullscreen() ? " is-full" : ""}${isQuiet ? " is-quiet" : ""}`} ref={root} aria-label={t("player")}>
      <div class="player-frame">
        <video
          ref={video} class="player-video" playsInline preload="none" tabIndex={-1} aria-label={resource.title}
          {...(poster ? { poster } : {})} onClick={() => session?.toggle()} onDblClick={full}
        />
        {props.watermark && <span class="watermark">{props.watermark}</span>}
        {session && <Overlays session={session} captions={captions} />}
      </div>
      {session && session.state.playing !== "nothing" ? (
        <Controls session={session} captions={captions} onFullscreen={full} />
      ) : (
        resource.state !== "failed" && <div class="player-bar" />
      )}
    </section>
  );
}

/** Run `work` once the page has been painted and is quiet for a moment. */
function afterPaint(work: () => void): () => void {
  let timer = 0;
  const frame = requestAnimationFrame(() => (timer = window.setTimeout(work, 50)));
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Keys of the page, and what the rest of the page asks and wants to know (chapters, notes, transcript). */
function followPage(session: Session, root: HTMLElement, obey: (command: Command) => void): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const isOurs = event.target === document.body || (event.target instanceof Node && root.contains(event.target));
    const command = isOurs && !event.defaultPrevented ? commandOf(event, spotOf(event.target)) : null;
    if (command === null) return;
    event.preventDefault();
    obey(command);
  };
  const asked = (event: Event): void => {
    const at = (event as CustomEvent<{ at_s: number }>).detail?.at_s;
    if (typeof at === "number") session.playFrom(at);
  };
  // A link within the page: a chapter, a hit of a search.
  const linked = (): void => {
    const at = momentOf(location.hash);
    if (at !== null) session.playFrom(at);
  };
  const toggled = (): void => session.toggle();
  const changed = (): void => void session.addresses.renew().catch(() => undefined);
  let told = -1;
  const tell = session.subscribe(() => {
    const second = Math.floor(session.state.at);
    if (second === told) return;
    told = second;
    root.dispatchEvent(new CustomEvent("hub:time", { bubbles: true, detail: { at_s: session.state.at } }));
  });
  document.addEventListener("keydown", pressed);
  addEventListener("hashchange", linked);
  document.addEventListener("hub:toggle", toggled);
  document.addEventListener("hub:seek", asked);
  document.addEventListener("hub:captions", changed);
  return () => {
    tell();
    document.removeEventListener("keydown", pressed);
    removeEventListener("hashchange", linked);
    document.removeEventListener("hub:toggle", toggled);
    document.removeEventListener("hub:seek", asked);
    document.removeEventListener("hub:captions", changed);
  };
}

/** True when nobody has moved or pressed anything for a while. */
function useRest(root: { current: HTMLElement | null }): boolean {
  const [isResting, setResting] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    let timer = 0;
    const stirred = (): void => {
      setResting(false);
      clearTimeout(timer);
      timer = window.setTimeout(() => setResting(true), REST_MS);
    };
    const names = ["pointermove", "pointerdown", "keydown", "focusin"];
    for (const name of names) element.addEventListener(name, stirred);
    return () => {
      clearTimeout(timer);
      for (const name of names) element.removeEventListener(name, stirred);
    };
  }, []);
  return isResting;
}
