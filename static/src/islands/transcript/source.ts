/** What the hub knows of the words and parts of one recording. */
import { api } from "../../shared/api";

export type Word = [start: number, end: number, text: string];

export interface Segment {
  position: number;
  start_s: number;
  end_s: number;
  text: string;
  words: Word[];
  revision: number;
}

export interface Transcript {
  state: "off" | "none" | "waiting" | "making" | "failed" | "ready";
  done_s: number;
  is_edited: boolean;
  message: string;
  segments: Segment[];
  next: number | null;
}

export interface Chapter {
  at_s: number;
  title: string;
}

export interface Chapters {
  chapters: Chapter[];
  are_suggested: boolean;
}

export const PAGE = 100;

export class Source {
  private readonly base: string;

  constructor(assetId: string) {
    this.base = `/api/v1/assets/${encodeURIComponent(assetId)}`;
  }

  transcript(query: Record<string, string | number> = {}): Promise<Transcript> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return api(`${this.base}/transcript?${search.toString()}`);
  }

  async edit(segment: Segment, text: string): Promise<Segment> {
    const body = { text, revision: segment.revision };
    return (await api<{ segment: Segment }>(`${this.base}/transcript/segments/${segment.position}`, { method: "PATCH", body })).segment;
  }

  chapters(): Promise<Chapters> {
    return api(`${this.base}/chapters`);
  }

  setChapters(chapters: Chapter[]): Promise<Chapters> {
    return api(`${this.base}/chapters`, { method: "PUT", body: { chapters } });
  }
}

/** Ask the player of this page to go on from a second. */
export function playFrom(at: number): void {
  document.dispatchEvent(new CustomEvent("hub:seek", { detail: { at_s: at } }));
}

/** "1:02:33", "12:05" or "40" → seconds; null for anything else. */
export function secondsOf(text: string): number | null {
  const parts = text.trim().replace(/：/g, ":").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d{1,5}(\.\d+)?$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Join a page to the lines that are shown; at most `most` stay, those on the side where we read. */
export function joined(shown: Segment[], page: Segment[], side: "before" | "after", most = 5 * PAGE): Segment[] {
  const known = new Set(shown.map((one) => one.position));
  const fresh = page.filter((one) => !known.has(one.position));
  return side === "after" ? [...shown, ...fresh].slice(-most) : [...fresh, ...shown].slice(0, most);
}

/** The start of the word at a place of the text: counted without spaces, which words do not carry. */
export function secondAt(segment: Segment, place: number): number {
  let left = segment.text.slice(0, place).replace(/\s/g, "").length;
  for (const [start, , text] of segment.words) {
    left -= text.replace(/\s/g, "").length;
    if (left < 0) return start;
  }
  return segment.start_s;
}
