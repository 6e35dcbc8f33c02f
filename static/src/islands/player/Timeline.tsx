/** The bar of time: a real slider, so that keyboard and screen reader know it, with pictures on the way. */
import { useRef, useState } from "preact/hooks";
import { backOff } from "../../shared/api";
import { clockTime } from "../../shared/format";
import { FRESH_MS } from "./addresses";
import { markNear, marksOfPage } from "./marks";
import type { Session } from "./session";
import { tileAt, tilesOf, type Tile } from "./storyboard";
import { Waveform } from "./Waveform";
import { t } from "./words";

export function Timeline({ session }: { session: Session }) {
  const { at, duration, bufferedTo } = session.state;
  const [dragged, setDragged] = useState<number | null>(null);
  const [looked, setLooked] = useState<number | null>(null);
  const tiles = useTiles(session);
  const [marks] = useState(marksOfPage);
  const shown = dragged ?? at;
  const share = (seconds: number): string => `${duration > 0 ? Math.min(100, (seconds / duration) * 100) : 0}%`;
  const hasWave = session.state.playing === "audio" && Boolean(session.resource.media?.waveform);
  const preview = dragged ?? looked;

  const look = (event: PointerEvent): void => {
    tiles.ask();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setLooked(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration);
  };
  const valueOf = (event: Event): number => Number((event.currentTarget as HTMLInputElement).value);

  return (
    <div class="player-timeline" onPointerMove={look} onPointerLeave={() => setLooked(null)}>
      {hasWave && <Waveform session={session} />}
      <div class="player-track" aria-hidden="true">
        <span class="player-ahead" style={{ width: share(bufferedTo) }} />
        <span class="player-done" style={{ width: share(shown) }} />
        {duration > 0 && marks.map((mark) => <span key={`${mark.at_s} ${mark.label}`} class="player-mark" style={{ left: share(mark.at_s) }} />)}
      </div>
      <input
        type="range"
        min="0"
        max={Math.max(duration, 1)}
        step="0.1"
        value={shown}
        disabled={duration <= 0}
        aria-label={t("timeline")}
        aria-valuetext={t("time_of", { at: clockTime(shown), total: clockTime(duration) })}
        onInput={(event) => {
          tiles.ask();
          setDragged(valueOf(event));
        }}
        onChange={(event) => {
          setDragged(null);
          session.seek(valueOf(event));
        }}
      />
      {preview !== null && duration > 0 && <Preview at={preview} left={share(preview)} tile={tileAt(tiles.list, preview)} words={markNear(marks, preview, duration)} />}
    </div>
  );
}

function Preview({ at, left, tile, words }: { at: number; left: string; tile: Tile | null; words: string }) {
  const half = (tile?.width ?? 48) / 2 + 4; // It never leaves the player at the ends.
  return (
    <div class="player-preview" style={{ left: `clamp(${half}px, ${left}, calc(100% - ${half}px))` }} aria-hidden="true">
      {tile && (
        <div
          class="player-tile"
          style={{
            width: `${tile.width}px`,
            height: `${tile.height}px`,
            backgroundImage: `url("${tile.url}")`,
            backgroundPosition: `-${tile.x}px -${tile.y}px`,
          }}
        />
      )}
      <span>{clockTime(at)}{words && ` ${words}`}</span>
    </div>
  );
}

/**
 * The pictures are fetched when someone first reaches for the bar, and never while saving data; again
 * when their addresses have grown old. After a failure they are not asked for before their time.
 */
function useTiles(session: Session): { list: Tile[]; ask: () => void } {
  const [list, setList] = useState<Tile[]>([]);
  const next = useRef({ at: 0, failures: 0 });
  const ask = (): void => {
    const { addresses } = session;
    if (Date.now() < next.current.at || session.state.saver || !addresses.media?.storyboard) return;
    next.current.at = Infinity; // One question at a time.
    addresses.read(() => addresses.media?.storyboard).then(
      ({ text, from }) => {
        setList(tilesOf(text, from));
        next.current = { at: Date.now() + FRESH_MS, failures: 0 };
      },
      () => {
        const failures = next.current.failures + 1;
        next.current = { at: Date.now() + backOff(failures) * 1000, failures };
      },
    );
  };
  return { list, ask };
}
