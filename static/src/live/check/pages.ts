/** Whether the pages of the lesson's pack are on this device: each picture that is not there yet is fetched now. */
import type { Slides } from "../slides";

const BUDGET_MS = 15_000;
const AT_ONCE = 3;

export interface Ready {
  ready: number;
  all: number;
}

/** Fetch the first document's pages as the board will show them, as far as the time goes. */
export async function pagesReady(slides: Slides, pixels: number): Promise<Ready> {
  const deck = slides.decks[0];
  const pages = deck?.pages ?? [];
  const waiting = pages.map((page) => slides.picture({ deck: deck!.id, page: page.number }, pixels));
  const ends = Date.now() + BUDGET_MS;
  let ready = 0;
  const work = async (): Promise<void> => {
    for (let url = waiting.shift(); url && Date.now() < ends; url = waiting.shift()) {
      const isHere = await arrives(url, ends - Date.now());
      ready += Number(isHere);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { ready, all: pages.length };
}

function arrives(url: string, withinMs: number): Promise<boolean> {
  return new Promise((done) => {
    const picture = new Image();
    setTimeout(() => done(false), withinMs);
    picture.onload = () => done(true);
    picture.onerror = () => done(false);
    picture.src = url;
  });
}
