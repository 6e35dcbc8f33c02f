/** What the phone shows: one press to begin, then what it films with one large hint, and the truth about who sees it. */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Phone, Step } from "./phone";
import { t, type Word } from "./words";

const TROUBLE: Partial<Record<Step, Word>> = { refused: "refused", missing: "missing", insecure: "insecure", revoked: "revoked", ended: "ended" };

export function Companion({ phone }: { phone: Phone }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => phone.watch(() => redraw(undefined as never)), [phone]);
  const trouble = TROUBLE[phone.step];
  if (phone.step === "filming") return <Viewfinder phone={phone} />;
  return (
    <div class="companion">
      <h2>{t("title")}</h2>
      {phone.pass && <p class="companion-room">{phone.pass.room}</p>}
      {trouble && <p role="alert">{t(trouble)}</p>}
      {phone.step === "code" && <Code phone={phone} />}
      {phone.step === "ready" && <p>{t("ready")}</p>}
      {phone.step === "opening" && <p role="status">{t("opening")}</p>}
      {(phone.step === "ready" || phone.step === "refused" || phone.step === "missing") && (
        <button type="button" class="btn btn-primary btn-large" onClick={() => void phone.start()}>{t(phone.step === "ready" ? "open" : "again")}</button>
      )}
      <p class="muted small">{t("silent")}</p>
    </div>
  );
}

function Code({ phone }: { phone: Phone }) {
  const [code, setCode] = useState(phone.code);
  const send = (event: Event): void => {
    event.preventDefault();
    void phone.take(code);
  };
  return (
    <form onSubmit={send}>
      <label class="field">
        <span class="form-label">{t("code")}</span>
        <input class="form-control companion-code" value={code} autoComplete="off" autoCapitalize="characters" spellcheck={false} maxLength={20} aria-invalid={phone.problem !== ""} aria-describedby="code-words" onInput={(event) => setCode(event.currentTarget.value)} />
      </label>
      <p id="code-words" class={phone.problem ? "refused" : "muted small"} role={phone.problem ? "alert" : undefined}>{phone.problem || t("code_hint")}</p>
      <button type="submit" class="btn btn-primary btn-large" disabled={code.trim() === ""}>{t("open")}</button>
    </form>
  );
}

function Viewfinder({ phone }: { phone: Phone }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    video.current!.srcObject = phone.stream;
    void video.current!.play().catch(() => undefined);
  }, [phone.stream]);
  const [words, tone] = standing(phone);
  return (
    <div class="viewfinder">
      <video ref={video} muted playsInline autoPlay aria-label={t("preview")} />
      <p class="viewfinder-hint">{t("aim")}</p>
      <div class="viewfinder-foot">
        <p role="status"><span class={`state state-${tone}`}>{t(words)}</span> {phone.pass?.room}</p>
        <button type="button" class="btn btn-plain" onClick={() => void phone.end()}>{t("stop")}</button>
      </div>
    </div>
  );
}

function standing({ filming, isJoined }: Phone): [Word, string] {
  if (!isJoined) return ["cut", "warn"];
  if (!filming?.isSeen) return ["coming", "busy"];
  if (filming.rung === "still") return ["seen_still", "warn"];
  return filming.rung.startsWith("video") ? ["seen", "ok"] : ["yields", "warn"];
}
