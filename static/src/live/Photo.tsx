/** A photo of work on paper: small, and as large as the page when pressed. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../shared/api";
import { useLesson } from "./hooks";
import { t } from "./words";

const known = new Map<string, { at: number; url: string }>();
const LIFE_MS = 50 * 60_000;

async function addressOf(lesson: string, asset: string): Promise<string> {
  const had = known.get(asset);
  if (had && Date.now() - had.at < LIFE_MS) return had.url;
  const { url } = await api<{ url: string }>(`/api/v1/lessons/${lesson}/photos/${asset}`);
  known.set(asset, { at: Date.now(), url });
  return url;
}

export function Photo({ asset, words }: { asset: string; words: string }) {
  const { props } = useLesson();
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState("");
  const [isLarge, enlarge] = useState(false);
  useEffect(() => {
    let isOver = false;
    addressOf(props.lesson, asset).then(
      (found) => isOver || setUrl(found),
      (error: Error) => isOver || setProblem(error.message),
    );
    return () => {
      isOver = true;
    };
  }, [asset]);
  if (problem) return <p class="muted small">{problem}</p>;
  return (
    <button type="button" class={`photo ${isLarge ? "photo-large" : ""}`} aria-expanded={isLarge} aria-label={t("photo_of", { name: words })} onClick={() => enlarge(!isLarge)}>
      {url && <img src={url} alt="" decoding="async" />}
      <span>{words}</span>
    </button>
  );
}
