/** Island `captions`: the caption files of one recording, adding one and taking one away. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ApiError } from "../../shared/api";
import { texts } from "../../shared/i18n";
import { defineIsland, type Unmount } from "../../shared/mount";
import { LARGEST_BYTES, sendCaptions, type Caption } from "./send";
import zh from "./zh.json";
import "./captions.css";

const t = texts(zh, () => import("./en.json"));

const LANGUAGES = { zh: "zh", en: "en", bilingual: "zh-en", other: "und" } as const;
type Language = keyof typeof LANGUAGES;

/** A deletion waits this long for a change of mind. */
const UNDO_MS = 6000;

export interface CaptionsProps {
  asset_id: string;
  captions: Caption[];
}

export function mount(element: HTMLElement, props: unknown): Unmount {
  render(<Captions {...(props as CaptionsProps)} />, element);
  return () => render(null, element);
}

function Captions({ asset_id, captions }: CaptionsProps) {
  // What speech recognition made is mended in the transcript, not here.
  const [kept, setKept] = useState(captions.filter((one) => !one.is_automatic));
  const [language, setLanguage] = useState<Language>("zh");
  const [told, setTold] = useState<{ text: string; isProblem: boolean } | null>(null);
  const removal = useRemoval(asset_id, (error) => setTold({ text: error, isProblem: true }));

  const send = async (file: File): Promise<void> => {
    if (file.size > LARGEST_BYTES) return setTold({ text: t("too_large"), isProblem: true });
    setTold({ text: t("sending"), isProblem: false });
    try {
      const words = { unreachable: t("unreachable"), broken: t("broken_reply") };
      const added = await sendCaptions(asset_id, file, LANGUAGES[language], t(language), words);
      setKept((before) => [...before, added]);
      setTold({ text: t("added", { label: added.label }), isProblem: false });
      announce();
    } catch (error) {
      setTold({ text: error instanceof ApiError ? error.message : String(error), isProblem: true });
    }
  };

  return (
    <section class="captions" aria-labelledby="captions-title">
      <h2 id="captions-title">{t("title")}</h2>
      {kept.length === 0 && <p class="captions-none">{t("none")}</p>}
      <ul>
        {kept.map((one) => (
          <li key={one.id}>
            {removal.waiting.includes(one.id) ? (
              <>
                <span class="muted">{t("removed", { label: one.label })}</span>
                <button type="button" class="btn btn-quiet" onClick={() => removal.undo(one.id)}>
                  {t("undo")}
                </button>
              </>
            ) : (
              <>
                <span>{one.label}</span>
                <button
                  type="button" class="btn btn-quiet" aria-label={t("remove_named", { label: one.label })}
                  onClick={() => removal.ask(one.id, () => setKept((before) => before.filter((other) => other.id !== one.id)))}
                >
                  {t("remove")}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      <div class="captions-add">
        <label>
          <span>{t("language")}</span>
          <select class="form-select" value={language} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
            {(Object.keys(LANGUAGES) as Language[]).map((one) => (
              <option value={one}>{t(one)}</option>
            ))}
          </select>
        </label>
        <FileButton onFile={(file) => void send(file)} />
      </div>
      <p class="form-text">{t("kinds")}</p>
      <p class={`captions-told ${told?.isProblem ? "captions-problem" : "muted"}`} role={told?.isProblem ? "alert" : "status"}>
        {told?.text}
      </p>
    </section>
  );
}

function FileButton({ onFile }: { onFile: (file: File) => void }) {
  return (
    <label class="btn btn-plain captions-file">
      {t("add")}
      <input
        type="file" accept=".srt,.vtt,text/vtt,application/x-subrip"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // The same file, mended, may be chosen again.
          if (file) onFile(file);
        }}
      />
    </label>
  );
}

/** Deleting waits for a change of mind; leaving the page carries it out. */
function useRemoval(assetId: string, onProblem: (text: string) => void) {
  const [waiting, setWaiting] = useState<string[]>([]);
  const timers = useRef(new Map<string, { timer: number; go: () => void }>());
  const forget = (id: string): void => {
    clearTimeout(timers.current.get(id)?.timer);
    timers.current.delete(id);
    setWaiting((before) => before.filter((other) => other !== id));
  };
  const ask = (id: string, done: () => void): void => {
    const go = (): void => {
      forget(id);
      api(`/api/v1/assets/${encodeURIComponent(assetId)}/captions/${encodeURIComponent(id)}`, { method: "DELETE", keepalive: true })
        .then(() => {
          done();
          announce();
        })
        .catch((error: unknown) => onProblem(error instanceof ApiError ? error.message : String(error)));
    };
    timers.current.set(id, { timer: window.setTimeout(go, UNDO_MS), go });
    setWaiting((before) => [...before, id]);
  };
  useEffect(() => {
    const leave = (): void => [...timers.current.values()].forEach(({ go }) => go());
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  return { waiting, ask, undo: forget };
}

/** The player on the same page asks for its tracks again. */
function announce(): void {
  document.dispatchEvent(new CustomEvent("hub:captions"));
}

defineIsland("captions", mount);
