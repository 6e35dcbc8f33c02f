/**
 * A plan on this page: the document, its line to the server, its copy in the browser, and who listens.
 *
 * The copy stands under the person's name: on a shared computer the next person must not send what the last
 * one left.
 */
import { createContext } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { EditorView } from "prosemirror-view";
import { IndexeddbPersistence } from "y-indexeddb";
import { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { PlanDoc } from "./document.ts";
import { PlanLine, type Part, type Standing } from "./line.ts";

export type Named = readonly [string, string];

export interface Props {
  plan: string;
  person: string;
  part: Part;
  state: "open" | "closed";
  sections: readonly Named[];
  columns: readonly Named[];
  period_minutes: number;
}

export interface Remark {
  id: string;
  place: string;
  kind: "comment" | "suggestion";
  text: string;
  proposal: string;
  quote: string;
  answers: string | null;
  author_id: string;
  author: string;
  at: string;
  state: "open" | "resolved" | "accepted" | "refused";
  settled_by: string;
}

export interface Cause {
  place: string;
  version: number;
  remark: string;
}

export interface Person {
  client: number;
  name: string;
  tone: number;
  place: string | null;
}

/** A browser that keeps nothing must not hold up the page. */
const STORE_MS = 2_000;

export class PlanStore {
  readonly plan: PlanDoc;
  readonly awareness: Awareness;
  readonly line: PlanLine;
  standing: Standing;
  remarks: Remark[] = [];
  causes: Cause[] = [];
  /** The text that has the cursor, and its editor. */
  active: string | null = null;
  view: EditorView | null = null;
  pressedAt: { left: number; top: number } | null = null;
  /** True once the browser keeps a copy: the tab may be closed without a line. */
  isKept = false;
  isReady = false;
  private readonly copy: IndexeddbPersistence;
  private readonly listeners = new Set<() => void>();

  constructor(readonly props: Props) {
    this.plan = new PlanDoc(props.sections.map(([name]) => name), props.columns.map(([name]) => name));
    this.awareness = new Awareness(this.plan.doc);
    this.awareness.setLocalState({ place: null, cursor: null });
    this.standing = { part: props.part, state: props.state };
    this.copy = new IndexeddbPersistence(`hub-plan:${props.person}:${props.plan}`, this.plan.doc);
    this.line = new PlanLine(props.plan, this.plan.doc, this.awareness, this.standing, this.copy, {
      truth: () => this.tell(),
      standing: (standing) => {
        this.standing = standing;
        this.ready();
      },
      remarks: () => void this.loadRemarks(),
    });
    this.awareness.on("change", this.tell);
    void this.begin();
  }

  get mayWrite(): boolean {
    return this.line.mayWrite;
  }

  get mayRemark(): boolean {
    return this.standing.state === "open" && this.line.truth !== "shut";
  }

  /** The others who are here now. */
  people(): Person[] {
    const found: Person[] = [];
    this.awareness.getStates().forEach((state, client) => {
      const user = state["user"] as { name: string; tone: number } | undefined;
      if (client !== this.plan.doc.clientID && user) found.push({ client, name: user.name, tone: user.tone, place: (state["place"] as string | null) ?? null });
    });
    return found.sort((a, b) => a.client - b.client);
  }

  activate(place: string | null, at: { left: number; top: number } | null = null): void {
    if (place === this.active) return;
    this.active = place;
    this.view = null;
    this.pressedAt = at;
    this.awareness.setLocalState({ place, cursor: null });
    this.tell();
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  readonly tell = (): void => {
    for (const listener of [...this.listeners]) listener();
  };

  async loadRemarks(): Promise<void> {
    const reply = await this.line.ask("remark:list", {}).catch(() => null);
    if (!reply?.ok) return;
    this.remarks = reply.data.remarks;
    this.causes = reply.data.causes;
    this.tell();
  }

  close(): void {
    this.line.close();
    this.awareness.destroy();
    void this.copy.destroy();
    this.plan.destroy();
  }

  private async begin(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, STORE_MS));
    await Promise.race([this.copy.whenSynced.then(() => void (this.isKept = true), () => undefined), late]);
    this.copy.whenSynced.then(() => void (this.isKept = true), () => undefined);
    // What was kept here can be read and written before, and without, a line.
    if (this.plan.steps.size > 0) this.isReady = true;
    this.line.open();
    this.tell();
  }

  private ready(): void {
    if (!this.isReady) {
      this.isReady = true;
      this.plan.undoing.clear();
    }
    void this.loadRemarks();
    this.tell();
  }
}

export const StoreContext = createContext<PlanStore | null>(null);

const next = (count: number): number => count + 1;

/** The plan of this page; the component is drawn anew when something beside the document changed. */
export function useStore(): PlanStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("outside of a plan");
  const [, redraw] = useReducer(next, 0);
  useEffect(() => store.watch(() => redraw(undefined as never)), [store]);
  return store;
}

/** Draw the component anew when this part of the document changed and `matters` says so. */
export function useChanges(part: Y.AbstractType<any>, matters: (events: Y.YEvent<any>[]) => boolean = () => true): void {
  const [, redraw] = useReducer(next, 0);
  useEffect(() => {
    const look = (events: Y.YEvent<any>[]): void => void (matters(events) && redraw(undefined as never));
    part.observeDeep(look);
    return () => part.unobserveDeep(look);
  }, [part]);
}
