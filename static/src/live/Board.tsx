/**
 * The board: the slide as a sharp picture, and what is written over it. It fills its place as far as the
 * page's own shape allows; the page is paper, white in the dark theme too.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLesson } from "./hooks";
import { Writing, type Tool } from "./ink";
import { followHand } from "./pointing";
import { BLANK } from "./slides";
import { t } from "./words";

export interface BoardProps {
  tool?: Tool;
  /** Gives the writing to whoever has the tools beside the board. */
  onWriting?: (writing: Writing | null) => void;
}

const NO_TOOL: Tool = { kind: "none", colour: 0, width: 3 };

export function Board({ tool = NO_TOOL, onWriting }: BoardProps) {
  const lesson = useLesson();
  const { shown } = lesson;
  const ratio = lesson.slides.ratio(shown);
  const place = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [writing, setWriting] = useState<Writing | null>(null);
  const [width, setWidth] = useState(0);
  const shape = useRef(ratio);
  shape.current = ratio;

  useEffect(() => {
    const made = new Writing(lesson, below.current!, above.current!, () => shape.current);
    const stop = lesson.watchBoard({
      onState: (facts) => made.take(facts),
      onInk: (passed) => made.takeInk(passed),
      onPointer: (passed) => made.takePointer(passed),
      onRefused: (id) => made.refused(id),
    });
    setWriting(made);
    onWriting?.(made);
    return () => {
      onWriting?.(null);
      stop();
      made.close();
    };
  }, [lesson]);

  useEffect(() => (writing && above.current ? followHand(above.current, writing) : undefined), [writing]);
  // Before the next press, not after the next frame.
  useLayoutEffect(() => {
    if (writing) writing.tool = tool;
  }, [writing, tool.kind, tool.colour, tool.width]);

  // The sheet is as large as its place and the page's shape allow.
  useLayoutEffect(() => {
    const box = place.current;
    if (!box || !writing) return;
    const fit = (): void => {
      const wide = Math.floor(Math.min(box.clientWidth, box.clientHeight / ratio));
      const high = Math.floor(wide * ratio);
      const { style } = sheet.current!;
      [style.width, style.height] = [`${wide}px`, `${high}px`];
      setWidth(wide);
      if (wide > 0) writing.surface.resize(wide, high);
    };
    const watch = new ResizeObserver(fit);
    watch.observe(box);
    fit();
    return () => watch.disconnect();
  }, [writing, ratio]);

  const page = `${shown.deck}/${shown.page}`;
  useEffect(() => {
    if (!writing) return;
    writing.page = page;
    writing.show();
  }, [writing, page]);

  const pixels = width * Math.min(window.devicePixelRatio || 1, 2);
  const picture = width > 0 ? lesson.slides.picture(shown, pixels) : "";
  const first = width > 0 ? lesson.slides.firstPicture(shown, pixels) : "";
  useEffect(() => {
    if (width > 0 && shown.deck !== BLANK) lesson.slides.prefetch(shown, pixels);
  }, [page, width > 0, lesson.slides.isKnown]);

  return (
    <div class="board" ref={place}>
      <div class={`board-sheet ${tool.kind === "none" ? "" : `board-live board-${tool.kind}`}`} ref={sheet}>
        {picture && <Picture key={page} src={picture} first={first} page={shown.page} onLost={() => lesson.slides.lost()} />}
        <canvas ref={below} aria-hidden="true" />
        <canvas ref={above} class="board-top" role="img" aria-label={t("board_of", { n: shown.page, strokes: lesson.state.pages[page]?.length ?? 0 })} />
      </div>
    </div>
  );
}

interface PictureProps {
  src: string;
  /** A smaller one to look at until then; may be empty. */
  first: string;
  page: number;
  onLost: () => void;
}

const AGAIN_MS = 3_000;

/** A picture that did not come is asked for again: the line may be down, or its address may have run out. */
function Picture({ src, first, page, onLost }: PictureProps) {
  const [isHere, arrive] = useState(false);
  const [isFirstHere, arriveFirst] = useState(false);
  const [tries, again] = useState(0);
  const waiting = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(waiting.current), []);
  const fail = (): void => {
    onLost();
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => again((count) => count + 1), AGAIN_MS);
  };
  return (
    <>
      {!isHere && !(first && isFirstHere) && <p class="board-wait">{t("slide_coming", { n: page })}</p>}
      {!isHere && first && <img class={`board-first ${isFirstHere ? "" : "is-coming"}`} src={first} alt="" decoding="async" draggable={false} onLoad={() => arriveFirst(true)} />}
      <img key={tries} class={isHere ? "" : "is-coming"} src={src} alt={t("slide", { n: page })} decoding="async" draggable={false} onLoad={() => arrive(true)} onError={fail} />
    </>
  );
}
