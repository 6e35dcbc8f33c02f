/** How far the files of a resource are, asked again and again while the page is looked at. */
import { useEffect, useState } from "preact/hooks";
import { api, backOff, rest } from "../../shared/api";
import { Icon } from "../../shared/icon";
import { t, tell, type WorkFile } from "./told";

export interface WorkProps {
  resource_id: string;
  source_url?: string;
  /** Names of the files, so that their rows stand before the first answer. */
  filenames?: string[];
}

interface Reply {
  state: "processing" | "ready" | "failed";
  files: WorkFile[];
}

const EVERY_S = 3;
const HIDDEN_S = 30;

export function Work({ resource_id, source_url, filenames = [] }: WorkProps) {
  const url = source_url ?? `/api/v1/resources/${resource_id}`;
  const [known, setKnown] = useState<Reply | null>(null);
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);

  useEffect(() => {
    const gone = new AbortController();
    void (async () => {
      for (let misses = 0; !gone.signal.aborted; ) {
        try {
          const reply = await api<Reply>(url, { signal: gone.signal });
          misses = 0;
          setProblem("");
          setKnown(reply);
          if (reply.state !== "processing") return;
        } catch (error) {
          if (gone.signal.aborted) return;
          misses += 1;
          setProblem(t("unreachable", { message: (error as Error).message }));
        }
        await rest(misses > 0 ? backOff(misses) : document.hidden ? HIDDEN_S : EVERY_S, gone.signal);
      }
    })();
    return () => gone.abort();
  }, [url, round]);

  const ask = async (asked: Promise<unknown>): Promise<boolean> => {
    try {
      await asked;
    } catch (error) {
      setProblem((error as Error).message);
      return false;
    }
    setRound((n) => n + 1);
    return true;
  };
  const retry = (file: WorkFile): Promise<boolean> => ask(api(`/api/v1/assets/${file.asset_id}/retry`, { method: "POST", body: {} }));
  const stop = (file: WorkFile): Promise<boolean> => ask(api(`/api/v1/assets/${file.asset_id}/work`, { method: "DELETE" }));

  if (!known) return <Asking filenames={filenames} problem={problem} />;
  const title = known.state === "processing" ? t("title") : known.state === "failed" ? t("title_failed") : t("title_ready");
  return (
    <section class="panel work" aria-live="polite">
      <div class="panel-head">
        <h2>{title}</h2>
        {known.state === "processing" ? <span class="muted small">{t("intro")}</span> : <a class="btn btn-plain" href={location.pathname}>{t("reload")}</a>}
      </div>
      {known.files.map((file) => <FileWork key={file.asset_id} file={file} onRetry={() => void retry(file)} onStop={() => stop(file)} />)}
      {problem && <p class="form-text" role="status">{problem}</p>}
    </section>
  );
}

function Asking({ filenames, problem }: { filenames: string[]; problem: string }) {
  return (
    <section class="panel work" aria-busy="true">
      <div class="panel-head"><h2>{t("title")}</h2><span class="muted small">{problem || t("asking")}</span></div>
      {filenames.map((name) => (
        <div class="work-file" key={name}>
          <div class="work-line"><span>{name}</span></div>
          <progress max={100} value={0} aria-label={name} />
        </div>
      ))}
    </section>
  );
}

interface FileWorkProps {
  file: WorkFile;
  onRetry: () => void;
  onStop: () => Promise<boolean>;
}

function FileWork({ file, onRetry, onStop }: FileWorkProps) {
  const told = tell(file);
  return (
    <div class="work-file">
      <div class="work-line"><span>{file.filename}</span><span class={`state ${told.tone ? `state-${told.tone}` : ""}`}>{told.words}</span></div>
      {file.state === "processing" && !told.canRetry && <progress max={100} value={Math.floor(file.progress * 100)} aria-label={file.filename} />}
      {(told.canRetry || told.tone === "danger") && (
        <div class="work-line">
          <span class="muted small">{t("kept")}</span>
          {told.canRetry && <button type="button" class="btn btn-plain" onClick={onRetry}><Icon name="retry" />{t("retry")}</button>}
        </div>
      )}
      {told.canStop && <StopButton filename={file.filename} onStop={onStop} />}
    </div>
  );
}

/** Gone once the server says that nothing runs any more; until then it says that it was heard. */
function StopButton({ filename, onStop }: { filename: string; onStop: () => Promise<boolean> }) {
  const [isAsked, setIsAsked] = useState(false);
  const stop = async (): Promise<void> => {
    setIsAsked(true);
    setIsAsked(await onStop());
  };
  const words = t(isAsked ? "stopping" : "stop");
  return <button type="button" class="btn btn-quiet" disabled={isAsked} aria-label={`${words}: ${filename}`} onClick={() => void stop()}>{words}</button>;
}
