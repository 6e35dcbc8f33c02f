/** Island `transcript`: chapters and spoken words of the recording that the page plays; its uploader mends both. */
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { defineIsland, type Unmount } from "../../shared/mount";
import { ChapterList } from "./ChapterList";
import { Source } from "./source";
import { TranscriptPanel } from "./TranscriptPanel";
import "./transcript.css";

export interface TranscriptProps {
  asset_id: string;
  may_edit: boolean;
}

export function mount(element: HTMLElement, props: unknown): Unmount {
  render(<BesidePlayer {...(props as TranscriptProps)} />, element);
  return () => render(null, element);
}

function BesidePlayer({ asset_id, may_edit }: TranscriptProps) {
  const source = useMemo(() => new Source(asset_id), [asset_id]);
  const now = usePlayingTime();
  return (
    <>
      <ChapterList source={source} mayEdit={may_edit} now={now} />
      <TranscriptPanel source={source} mayEdit={may_edit} now={now} />
    </>
  );
}

function usePlayingTime(): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    const told = (event: Event): void => setNow((event as CustomEvent<{ at_s: number }>).detail.at_s);
    document.addEventListener("hub:time", told);
    return () => document.removeEventListener("hub:time", told);
  }, []);
  return now;
}

defineIsland("transcript", mount);
