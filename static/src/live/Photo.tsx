/** A photo of work on paper: small, and as large as the page when pressed. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../shared/api";
import { useLesson } from "./hooks";
import { t } from "./words";

/** `small` is null until it was made. */
export interface PhotoAddresses {
  url: string;
  small: string | null;
}

const known = new Map<string, PhotoAddresses & { at: number }>();
const LIFE_MS = 50 * 60_000;

export async function addressesOf(lesson: string, asset: string): Promise<PhotoAddresses> {
  const had = known.get(asset);
  if (had?.small && Date.now() - had.at < LIFE_MS) return had;
  const found = await api<PhotoAddresses>(`/api/v1/lessons/${lesson}/photos/${asset}`);
  known.set(asset, { ...found, at: Date.now() });
  return found;
}

export function Photo({ asset, words }: { asset: string; words: string }) {
  const { props } = useLesson();
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState("");
  const [isLarge, enlarge] = useState(false);
  useEffect(() => {
    let isOver = false;
    addressesOf(props.lesson, asset).then(
      (found) => isOver || setUrl(found.url),
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
