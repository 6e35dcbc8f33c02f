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

  const retry = (file: WorkFile): void => {
    api(`/api/v1/assets/${file.asset_id}/retry`, { method: "POST", body: {} }).then(
      () => setRound(round + 1),
      (error: Error) => setProblem(error.message),
    );
  };

  if (!known) return <Asking filenames={filenames} problem={problem} />;
  const title = known.state === "processing" ? t("title") : known.state === "failed" ? t("title_failed") : t("title_ready");
  return (
    <section class="panel work" aria-live="polite">
      <div class="panel-head">
        <h2>{title}</h2>
        {known.state === "processing" ? <span class="muted small">{t("intro")}</span> : <a class="btn btn-plain" href={location.pathname}>{t("reload")}</a>}
      </div>
      {known.files.map((file) => <FileWork key={file.asset_id} file={file} onRetry={() => retry(file)} />)}
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

function FileWork({ file, onRetry }: { file: WorkFile; onRetry: () => void }) {
  const told = tell(file);
  return (
    <div class="work-file">
      <div class="work-line"><span>{file.filename}</span><span class={`state ${told.tone ? `state-${told.tone}` : ""}`}>{told.words}</span></div>
      {file.state === "processing" && !told.canRetry && <progress max={100} value={Math.floor(file.progress * 100)} aria-label={file.filename} />}
      {told.tone === "danger" && (
        <div class="work-line">
          <span class="muted small">{t("kept")}</span>
          {told.canRetry && <button type="button" class="btn btn-plain" onClick={onRetry}><Icon name="retry" />{t("retry")}</button>}
        </div>
      )}
    </div>
  );
}
