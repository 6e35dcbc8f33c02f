/**
 * The place where sound and pictures of a lesson join its pages: whoever carries them registers here.
 *
 * Pages call `attach` for every `data-media-site` they show and know nothing else; without a carrier the
 * places stay empty and the lesson goes on with slides, ink and words.
 */
export interface MediaCarrier {
  /** Show the class of `site` inside `place` from now on; returns how to stop. */
  show(place: HTMLElement, site: number): () => void;
}

const places = new Map<HTMLElement, { site: number; stop: () => void }>();
let carrier: MediaCarrier | null = null;

/** Let `place` show the class of `site` whenever there is a picture of it; returns how to undo it. */
export function attach(place: HTMLElement, site: number): () => void {
  const entry = { site, stop: carrier?.show(place, site) ?? nothing };
  places.set(place, entry);
  return () => {
    entry.stop();
    places.delete(place);
  };
}

/** Say who carries media in this page; places that stand already are filled. */
export function carryMedia(by: MediaCarrier): void {
  carrier = by;
  for (const [place, entry] of places) {
    entry.stop();
    entry.stop = by.show(place, entry.site);
  }
}

function nothing(): void {
  // Nothing was shown, so nothing is to be stopped.
}
