/**
 * The pages one under the other, each with its place kept; a picture is fetched when its page
 * comes near. Keys: PageUp and PageDown turn, Home and End go to the ends.
 */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon";
import { texts } from "../../shared/i18n";
import type { DocumentRow } from "./Documents";
import { type Box, PageSource, pictureOf } from "./source";
import zh from "./zh.json";

const t = texts(zh, () => import("./en.json"));

interface RollProps extends DocumentRow {
  /** Where to open and what to mark there, e.g. from a search hit. */
  at?: number;
  words?: readonly string[];
  watermark: string;
}

export function Roll({ asset_id, filename, pages, at = 1, words: sought = [], watermark }: RollProps) {
  const source = useMemo(() => new PageSource(asset_id), [asset_id]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [current, setCurrent] = useState(1);
  const [problem, setProblem] = useState("");
  const [showsWords, setShowsWords] = useState(false);
  const [isFull, setFull] = useState(false);
  const [near, setNear] = useState<ReadonlySet<number>>(new Set([1, 2]));
  const [marks, setMarks] = useState<readonly Box[]>([]);
  const frame = useRef<HTMLDivElement>(null);
  const roll = useRef<HTMLDivElement>(null);

  const need = useCallback((number: number, anew = false) => {
    source.need(number, anew).then(
      () => {
        setProblem("");
        redraw(undefined as never);
      },
      (error: Error) => setProblem(t("failed", { message: error.message })),
    );
  }, [source]);

  useEffect(() => {
    for (const number of near) if (!source.known(number)) need(number);
  }, [near]);

  useEffect(() => {
    const root = roll.current;
    if (!root) return;
    const watch = new IntersectionObserver((seen) => {
      setNear((before) => {
        const after = new Set(before);
        for (const { target, isIntersecting } of seen) if (isIntersecting) after.add(Number((target as HTMLElement).dataset["page"]));
        return after.size === before.size ? before : after;
      });
    }, { root, rootMargin: "600px 0px" });
    for (const page of root.querySelectorAll(".page")) watch.observe(page);
    const follow = (): void => {
      const middle = root.scrollTop + root.clientHeight / 3;
      const passed = [...root.querySelectorAll<HTMLElement>(".page")].filter((page) => page.offsetTop - root.offsetTop <= middle);
      setCurrent(Math.max(1, passed.length));
    };
    root.addEventListener("scroll", follow, { passive: true });
    return () => {
      watch.disconnect();
      root.removeEventListener("scroll", follow);
    };
  }, [pages]);

  const goTo = useCallback((number: number) => {
    const wanted = Math.min(Math.max(1, number), pages);
    const page = roll.current?.querySelector<HTMLElement>(`[data-page="${wanted}"]`);
    if (roll.current && page) roll.current.scrollTop = page.offsetTop - roll.current.offsetTop - 16;
  }, [pages]);

  useEffect(() => {
    if (at > 1) goTo(at);
  }, [at]);
  useEffect(() => {
    setMarks([]);
    // A page without marks is read all the same.
    if (sought.length > 0) source.marks(at, sought).then(setMarks, () => undefined);
  }, [at, sought.join("~")]);
  useEffect(() => {
    if (marks.length > 0) roll.current?.querySelector(".word-mark")?.scrollIntoView({ block: "center" });
  }, [marks, near.has(at)]);
  useEffect(() => {
    const follow = (): void => setFull(document.fullscreenElement === frame.current);
    document.addEventListener("fullscreenchange", follow);
    return () => document.removeEventListener("fullscreenchange", follow);
  }, []);

  const onKey = (event: KeyboardEvent): void => {
    const to = { PageDown: current + 1, PageUp: current - 1, Home: 1, End: pages }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
  };
  const toggleFull = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.current?.requestFullscreen?.().catch(() => undefined);
  };

  const words = source.known(current)?.text.trim();
  const fetched = [...near].filter((number) => number <= pages && source.known(number)).length;
  return (
    <div class="pages" ref={frame}>
      <div class="pages-bar">
        <span class="pages-title" title={filename}>{filename}</span>
        <span class="pages-at">
          <input type="number" inputMode="numeric" min={1} max={pages} value={current} aria-label={t("go_to")} onChange={(event) => goTo(Number(event.currentTarget.value))} />
          {t("of", { n: pages })}
        </span>
        <button type="button" class="round" aria-label={t("previous")} disabled={current <= 1} onClick={() => goTo(current - 1)}><Icon name="left" /></button>
        <button type="button" class="round" aria-label={t("next")} disabled={current >= pages} onClick={() => goTo(current + 1)}><Icon name="right" /></button>
        <button type="button" class="round" aria-pressed={showsWords} aria-label={t("words")} title={t("words")} onClick={() => setShowsWords(!showsWords)}><Icon name="sheet" /></button>
        <button type="button" class="round" aria-label={isFull ? t("leave_fullscreen") : t("fullscreen")} title={t("fullscreen")} onClick={toggleFull}><Icon name="expand" /></button>
      </div>
      {problem && <p class="node-empty" role="alert">{problem}</p>}
      {/* A printer does not wait for pictures that were not looked at yet. */}
      {fetched < pages && <p class="pages-print">{t("printed_part", { n: fetched, total: pages })}</p>}
      <div class="pages-roll" ref={roll} tabIndex={0} role="group" aria-label={t("roll")} onKeyDown={onKey}>
        {Array.from({ length: pages }, (_, index) => (
          <Sheet key={index} number={index + 1} source={source} isNear={near.has(index + 1)} watermark={watermark} marks={index + 1 === at ? marks : []} onLost={() => need(index + 1, true)} />
        ))}
      </div>
      {showsWords && <p class="page-words">{words || t("no_words")}</p>}
    </div>
  );
}

interface SheetProps {
  number: number;
  source: PageSource;
  isNear: boolean;
  watermark: string;
  marks: readonly Box[];
  onLost: () => void;
}

function Sheet({ number, source, isNear, watermark, marks, onLost }: SheetProps) {
  const page = source.known(number);
  // Before its own measure is known a page is taken to be like the first.
  const like = page ?? source.known(1);
  const ratio = like ? (like.height / like.width) * 100 : 70.7;
  const picture = page && isNear ? pictureOf(page) : null;
  return (
    <div class={`page ${picture ? "is-shown" : ""}`} data-page={number} style={{ paddingTop: `${ratio}%` }}>
      {picture?.src && <img src={picture.src} srcset={picture.srcset} sizes="(max-width: 640px) 92vw, 800px" alt={t("page", { n: number })} decoding="async" onError={onLost} />}
      {picture && marks.map(([x, y, width, height]) => (
        <span key={`${x}-${y}`} class="word-mark" style={{ left: `${x / 10}%`, top: `${y / 10}%`, width: `${width / 10}%`, height: `${height / 10}%` }} />
      ))}
      {picture && watermark && <span class="watermark">{watermark}</span>}
      <span class="page-number" aria-hidden="true">{number}</span>
    </div>
  );
}
