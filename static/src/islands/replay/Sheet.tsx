/** The board as it stood: the slide as a sharp picture, the strokes over it, the pointer where it was kept. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pair } from "../../live/board";
import { BLANK, BLANK_RATIO, type Deck } from "../../live/slides";
import type { State } from "../../live/state";
import { Surface } from "../../live/surface";
import { t } from "./words";

interface SheetProps {
  state: State;
  decks: readonly Deck[];
  /** Grows whenever the state is another. */
  version: number;
}

const NOTHING: ReadonlySet<string> = new Set();

export function Sheet({ state, decks, version }: SheetProps) {
  const place = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const shown = state.slide ?? { deck: BLANK, page: 1 };
  const page = decks.find((deck) => deck.id === shown.deck)?.pages.find((one) => one.number === shown.page);
  const ratio = page && page.width > 0 ? page.height / page.width : BLANK_RATIO;
  const [width, setWidth] = useState(0);
  const [surface, setSurface] = useState<Surface | null>(null);
  const pointer = useRef<Pair | null>(null);
  const name = `${shown.deck}/${shown.page}`;
  const strokes = state.pages[name] ?? [];
  const kept = state.pointer;
  pointer.current = kept?.page === name ? [kept.x * 2, kept.y * 2 * ratio] : null;

  useEffect(() => {
    const made = new Surface(below.current!, above.current!, () => [], () => pointer.current);
    setSurface(made);
    return () => made.close();
  }, []);
  useLayoutEffect(() => {
    const box = place.current!;
    const fit = (): void => {
      setWidth(box.clientWidth);
      if (box.clientWidth > 0) surface?.resize(box.clientWidth, Math.floor(box.clientWidth * ratio));
    };
    const watch = new ResizeObserver(fit);
    watch.observe(box);
    fit();
    return () => watch.disconnect();
  }, [surface, ratio]);
  useEffect(() => {
    // A copy: strokes that were wiped and drawn again may leave a list of the same length.
    surface?.show([...strokes], NOTHING);
    surface?.refresh();
  }, [surface, version, name, width]);

  const pixels = width * Math.min(window.devicePixelRatio || 1, 2);
  const picture = (page?.images.find((one) => one.width >= pixels) ?? page?.images[page.images.length - 1])?.url ?? "";
  const isHidden = shown.deck !== BLANK && !picture;
  return (
    <div class="replay-sheet" ref={place} style={{ height: `${Math.floor(width * ratio)}px` }}>
      {picture && <img key={name} src={picture} alt={t("slide", { n: shown.page })} decoding="async" draggable={false} />}
      {isHidden && <p class="replay-hidden">{t("no_slide")}</p>}
      <canvas ref={below} aria-hidden="true" />
      <canvas ref={above} role="img" aria-label={t("board_of", { n: shown.page, strokes: strokes.length })} />
    </div>
  );
}
