/** The island `player`: mounts at once when the page brought the resource's JSON, else asks for it. */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "../../shared/api";
import { defineIsland, type Unmount } from "../../shared/mount";
import { Words } from "./Frame";
import { Player } from "./Player";
import type { PlayerProps, Resource } from "./types";
import { t } from "./words";
import "./player.css";

export function mount(element: HTMLElement, props: unknown): Unmount {
  render(<Opening props={props as PlayerProps} />, element);
  return () => render(null, element);
}

function Opening({ props }: { props: PlayerProps }) {
  const [resource, setResource] = useState<Resource | null>(props.data ?? null);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = (): void => {
    setProblem(null);
    api<Resource>(props.source_url).then(setResource, (error: unknown) =>
      setProblem(error instanceof ApiError ? error.message : String(error)),
    );
  };
  useEffect(() => {
    if (resource === null) ask();
  }, []);
  if (resource !== null) return <Player props={props} resource={resource} />;
  return (
    <section class="player" aria-label={t("player")}>
      <div class="player-frame">
        {problem === null ? (
          <Words title={t("loading")} text="" />
        ) : (
          <Words title={t("loading_failed")} text={problem}>
            <button type="button" class="player-retry" onClick={ask}>
              {t("retry")}
            </button>
          </Words>
        )}
      </div>
      <div class="player-bar" />
    </section>
  );
}

defineIsland("player", mount);
