/** How components follow a lesson: its state, its clock, and the words about what was refused. */
import { createContext } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { Lesson } from "./store";

export const LessonContext = createContext<Lesson | null>(null);

const next = (count: number): number => count + 1;

/** The lesson of this page; the component is drawn anew when it changed. */
export function useLesson(): Lesson {
  const lesson = useContext(LessonContext);
  if (!lesson) throw new Error("outside of a lesson");
  const [, redraw] = useReducer(next, 0);
  useEffect(() => lesson.watch(() => redraw(undefined as never)), [lesson]);
  return lesson;
}

/** The server's clock, told anew every `stepMs`. */
export function useNow(stepMs = 1_000): number {
  const lesson = useContext(LessonContext);
  const [, redraw] = useReducer(next, 0);
  useEffect(() => {
    const timer = setInterval(() => redraw(undefined as never), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return lesson ? lesson.now() : Date.now();
}

/** What the server said when it did not take the last command of a control. */
export function Refused({ of }: { of: string }) {
  const words = useLesson().refusalAt(of);
  return words ? <p class="refused" role="alert">{words}</p> : null;
}
