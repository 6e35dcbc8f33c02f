/** Which uploaded file can be played as it is while the rungs are being made. Pure but for one question to the browser. */
import type { OriginalFile, Resource } from "./types";

const TYPES: Readonly<Record<string, string>> = {
  mp4: "video/mp4", m4v: "video/mp4", mov: "video/mp4", webm: "video/webm", ogv: "video/ogg",
  mp3: "audio/mpeg", m4a: "audio/mp4", aac: "audio/aac", wav: "audio/wav", ogg: "audio/ogg", flac: "audio/flac",
};

export function typeOf(file: OriginalFile): string | null {
  if (file.media_type && /^(video|audio)\//.test(file.media_type)) return file.media_type.replace("video/quicktime", "video/mp4");
  return TYPES[file.filename.split(".").pop()?.toLowerCase() ?? ""] ?? null;
}

export function playableOriginal(resource: Resource, canPlay: (type: string) => string): OriginalFile | null {
  return (
    (resource.files ?? []).find((file) => {
      const type = typeOf(file);
      return type !== null && canPlay(type) !== "";
    }) ?? null
  );
}

/** Seconds until the state is asked for again: 5, 7, 11, 15, 15 … */
export function pollAfter(tries: number): number {
  return Math.min(15, Math.round(5 * 1.5 ** tries));
}
