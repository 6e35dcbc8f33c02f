/** Whether the lesson's files are in the rooms, as the server says it to teachers; asked for once for all of a page. */
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { api } from "../../shared/api";
import { useLesson } from "../hooks";

interface RoomStanding {
  site: number;
  words: string;
  tone: string;
}

const BEFORE_MS = 15_000;
const DURING_MS = 120_000;
const Standings = createContext<readonly RoomStanding[]>([]);

/** Lets what is inside say how the files stand in each room. */
export function WithRooms({ children }: { children: ComponentChildren }) {
  return <Standings.Provider value={useStandings()}>{children}</Standings.Provider>;
}

/** One room's standing in words; nothing while it is unknown, and for a lesson without files. */
export function RoomStock({ site }: { site: number }) {
  const found = useContext(Standings).find((one) => one.site === site);
  return found?.words ? <span class={`state ${found.tone ? `state-${found.tone}` : ""}`}>{found.words}</span> : null;
}

function useStandings(): readonly RoomStanding[] {
  const lesson = useLesson();
  const [rooms, setRooms] = useState<readonly RoomStanding[]>([]);
  const { phase } = lesson.state;
  useEffect(() => {
    if (phase === "ended") return undefined;
    const ending = new AbortController();
    const ask = (): void => {
      const asked = api<{ rooms: RoomStanding[] }>(`/api/v1/lessons/${lesson.props.lesson}/stock/rooms`, { signal: ending.signal });
      // Without an answer the last one stands; the line is told of elsewhere.
      void asked.then((found) => setRooms(found.rooms), () => undefined);
    };
    ask();
    const timer = setInterval(ask, phase === "planned" ? BEFORE_MS : DURING_MS);
    return () => {
      clearInterval(timer);
      ending.abort();
    };
  }, [lesson, phase]);
  return rooms;
}
