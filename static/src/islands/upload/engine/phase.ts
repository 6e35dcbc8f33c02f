/** Where one file stands. Each phase is one truth line in the list (see truth.ts). */
export type HoldReason = "offline" | "server" | "storage" | "signed_out";

export type Phase =
  | { name: "waiting" | "opening" | "sending" | "paused" | "elsewhere" | "needs_file" | "unopened" | "joining" | "done" | "unreadable" }
  | { name: "checking"; share: number }
  | { name: "held"; why: HoldReason; until: number }
  | { name: "different"; chosen: string }
  | { name: "refused" | "expired"; message: string }
  | { name: "stuck"; message: string; requestId: string | null };

/** Phases that end when the right file is chosen (again). */
export const FILELESS: ReadonlySet<Phase["name"]> = new Set(["needs_file", "different", "unopened"]);

/** Phases in which bytes are on their way or will be as soon as the line is back. */
export const BUSY: ReadonlySet<Phase["name"]> = new Set(["opening", "checking", "sending", "held", "joining"]);
