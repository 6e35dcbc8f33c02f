/**
 * Pages of a document, fifty at a time, with signed addresses that are asked for anew before
 * they run out or when a picture does not come.
 */
import { api } from "../../shared/api";

export interface PageFacts {
  number: number;
  width: number;
  height: number;
  /** Width in pixels → address. */
  images: Record<string, string>;
  text: string;
}

export type Box = [x: number, y: number, width: number, height: number];

const BATCH = 50;
const LIFE_MS = 50 * 60_000;

export class PageSource {
  private pages = new Map<number, PageFacts>();
  private asked = new Map<number, { at: number; answer: Promise<void> }>();

  constructor(private readonly assetId: string) {}

  known(number: number): PageFacts | undefined {
    return this.pages.get(number);
  }

  /** Where words stand on a page: x, y, width and height in thousandths; none when that is not known. */
  async marks(number: number, words: readonly string[]): Promise<Box[]> {
    const query = words.map((word) => `word=${encodeURIComponent(word)}`).join("&");
    return (await api<{ boxes: Box[] }>(`/api/v1/assets/${this.assetId}/marks?page=${number}&${query}`)).boxes;
  }

  /** Make sure page `number` is known; `anew` distrusts what is known. */
  need(number: number, anew = false): Promise<void> {
    const batch = Math.floor((number - 1) / BATCH);
    const last = this.asked.get(batch);
    const age = last ? Date.now() - last.at : Infinity;
    if (last && age < (anew ? 5_000 : LIFE_MS)) return last.answer;
    const answer = api<{ pages: PageFacts[] }>(`/api/v1/assets/${this.assetId}/pages?after=${batch * BATCH}`).then(({ pages }) => {
      for (const page of pages) this.pages.set(page.number, page);
    });
    this.asked.set(batch, { at: Date.now(), answer });
    answer.catch(() => this.asked.delete(batch));
    return answer;
  }
}

/** `srcset` and a plain `src` (the smallest, for the slow line) of a page's pictures. */
export function pictureOf(page: PageFacts): { src: string; srcset: string } {
  const widths = Object.keys(page.images).map(Number).sort((a, b) => a - b);
  return {
    src: page.images[String(widths[0])] ?? "",
    srcset: widths.map((width) => `${page.images[String(width)]} ${width}w`).join(", "),
  };
}
