/**
 * The slides of a lesson: its documents with the pictures of their pages, and blank pages of the board.
 *
 * Addresses live an hour and are asked for anew before that, or when a picture does not come. The screen of a room
 * takes pages from its own disk where they are there, with a line and without one.
 */
import { api, persist } from "../shared/api";
import { decksOf, picturesOf, type Pictures } from "./stock/pictures";
import { canGive, heldFiles, stockOf } from "./stock/shelf";

export interface DeckPage {
  number: number;
  width: number;
  height: number;
  images: { width: number; url: string }[];
}

export interface Deck {
  id: string;
  title: string;
  pages: DeckPage[];
}

export interface Shown {
  deck: string;
  page: number;
}

/** The name that blank pages have in facts. */
export const BLANK = "board";
/** Height by width of a blank page. */
export const BLANK_RATIO = 9 / 16;
const LIFE_MS = 50 * 60_000;
const AGAIN_MS = 15_000;
/** Pages fetched before they are turned to. */
const AHEAD = 3;

export class Slides {
  decks: Deck[] = [];
  /** False until the server has said what there is. */
  isKnown = false;
  /** Pages that lie on this device. */
  private own: Pictures = new Map();
  private readonly ending = new AbortController();
  private askedAt = 0;
  private renewing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly lesson: string,
    private readonly changed: () => void,
    private readonly isRoom = false,
  ) {
    if (isRoom) navigator.serviceWorker?.addEventListener("controllerchange", this.looks);
    void this.lookHere();
    void this.load();
  }

  /** The first page to show: of the first document, else a blank one. */
  first(): Shown {
    const deck = this.decks[0];
    return deck ? { deck: deck.id, page: deck.pages[0]?.number ?? 1 } : { deck: BLANK, page: 1 };
  }

  deck(id: string): Deck | undefined {
    return this.decks.find((one) => one.id === id);
  }

  page(shown: Shown): DeckPage | undefined {
    return this.deck(shown.deck)?.pages.find((one) => one.number === shown.page);
  }

  /** Height by width of a page. */
  ratio(shown: Shown): number {
    const page = this.page(shown);
    return page && page.width > 0 ? page.height / page.width : BLANK_RATIO;
  }

  /** The address of the smallest picture that is sharp at `pixels`, else the largest there is; one that lies here before all others. */
  picture(shown: Shown, pixels: number): string {
    const images = this.page(shown)?.images ?? [];
    const own = this.ownOf(shown);
    const [widest, ownWidest] = [images[images.length - 1], own[own.length - 1]];
    const isSharp = ownWidest && (ownWidest.width >= pixels || ownWidest.width >= (widest?.width ?? 0));
    const among = isSharp || !widest ? own : images;
    return (among.find((one) => one.width >= pixels) ?? among[among.length - 1])?.url ?? "";
  }

  /** What a room shows until the sharp picture has come: the smallest there is, if that is another one. */
  firstPicture(shown: Shown, pixels: number): string {
    if (!this.isRoom) return "";
    const first = this.ownOf(shown)[0]?.url ?? this.page(shown)?.images[0]?.url ?? "";
    return first === this.picture(shown, pixels) ? "" : first;
  }

  private readonly looks = (): void => void this.lookHere();

  /** Look again which pages lie on this device. */
  async lookHere(): Promise<void> {
    if (!this.isRoom || !canGive()) return;
    const [stock, held] = await Promise.all([stockOf(this.lesson), heldFiles()]).catch(() => [null, new Set<string>()] as const);
    this.own = picturesOf(stock, held);
    if (this.decks.length === 0 && stock?.decks.length) [this.decks, this.isKnown] = [decksOf(stock), true];
    this.changed();
  }

  /** The page so many steps on in the same document; itself at the ends. A blank page always has a next. */
  beside(shown: Shown, step: number): Shown {
    if (shown.deck === BLANK) return { deck: BLANK, page: Math.max(1, shown.page + step) };
    const pages = this.deck(shown.deck)?.pages ?? [];
    const at = pages.findIndex((one) => one.number === shown.page);
    const next = pages[Math.min(Math.max(0, at + step), pages.length - 1)];
    return next ? { deck: shown.deck, page: next.number } : shown;
  }

  /** Fetch the pictures of the next pages, one after the other, so that turning costs no wait and a cut leaves some. */
  prefetch(shown: Shown, pixels: number, ahead = AHEAD): void {
    const next = this.beside(shown, 1);
    const url = this.picture(next, pixels);
    if (ahead === 0 || !url || next.page === shown.page) return;
    const picture = new Image();
    picture.onload = () => this.ending.signal.aborted || this.prefetch(next, pixels, ahead - 1);
    picture.src = url;
  }

  /** A picture did not come: its address may have run out. */
  lost(): void {
    if (Date.now() - this.askedAt > AGAIN_MS) void this.load();
  }

  close(): void {
    clearTimeout(this.renewing);
    navigator.serviceWorker?.removeEventListener("controllerchange", this.looks);
    this.ending.abort();
  }

  private ownOf(shown: Shown): { width: number; url: string }[] {
    return this.own.get(`${shown.deck}/${shown.page}`) ?? [];
  }

  private async load(): Promise<void> {
    this.askedAt = Date.now();
    clearTimeout(this.renewing);
    try {
      const { signal } = this.ending;
      const { decks } = await persist(() => api<{ decks: Deck[] }>(`/api/v1/lessons/${this.lesson}/materials`, { signal }), signal);
      this.decks = decks;
    } catch {
      // Refused: the board goes on with blank pages, and the door of the lesson says why.
    }
    if (this.ending.signal.aborted) return;
    this.isKnown = true;
    this.renewing = setTimeout(() => void this.load(), LIFE_MS);
    this.changed();
  }
}
