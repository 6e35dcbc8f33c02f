/**
 * Where the picture of a class will stand. Sound and pictures come with whoever registers in places.ts, which knows these
 * places by `data-media-site` and puts its video inside; until then the place says in words what there is.
 */
import { useEffect, useRef } from "preact/hooks";
import { attach } from "./places";

interface MediaPlaceProps {
  site: number;
  words: string;
}

export function MediaPlace({ site, words }: MediaPlaceProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => attach(place.current!, site), [site]);
  return (
    <div class="media-place">
      <p class="media-words">{words}</p>
      {/* Preact leaves what is put in here alone: it has no children of ours. */}
      <div class="media-picture" data-media-site={site} ref={place} />
    </div>
  );
}
