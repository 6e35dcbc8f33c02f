/** What the page gives the player and what GET /api/v1/resources/<id> says about a recording. */

export interface Rendition {
  kind: "video" | "audio";
  label: string;
  width: number | null;
  height: number | null;
  bitrate_kbps: number | null;
  bytes: number;
  url: string;
}

export interface Still {
  at_s: number;
  url: string;
}

export interface Voice {
  url: string;
  bitrate_kbps: number | null;
  stills: Still[];
  /** Set when the speech is an HLS rendition of this name rather than a plain file. */
  label?: string | null;
}

export interface Media {
  asset_id?: string | null;
  duration_s: number | null;
  hls: string | null;
  renditions: Rendition[];
  voice: Voice | null;
  storyboard: string | null;
  poster: string | null;
  waveform?: string | null;
  captions?: CaptionTrack[];
}

export interface OriginalFile {
  filename: string;
  url: string;
  media_type?: string | null;
}

export interface Resource {
  id: string;
  title: string;
  state: "processing" | "ready" | "failed";
  progress: number;
  failure: { code: string; message: string } | null;
  media: Media | null;
  files?: OriginalFile[];
}

export interface CaptionTrack {
  id: string;
  label: string;
  lang: string;
  url: string;
  /** Made by speech recognition. */
  is_automatic?: boolean;
}

/** Playlists written into the page; each saves a round trip before the first picture. */
export interface Inline {
  /** Master playlist with relative addresses `<label>.m3u8`. */
  master?: string | null;
  /** Media playlists by label; `{url}` may still stand for the object. */
  playlists?: Record<string, string>;
}

export interface PlayerProps {
  resource_id: string;
  source_url: string;
  data?: Resource | null;
  asset_id?: string | null;
  position_s?: number | null;
  position_mode?: string | null;
  captions?: CaptionTrack[];
  inline?: Inline | null;
  /** Who watches, to stand over the picture; empty where that is not wanted. */
  watermark?: string;
}

/** What the viewer asked for: let the line decide, one rung, sound alone, or slides and speech. */
export type Choice = "auto" | "audio" | "voice" | `rung:${string}`;
