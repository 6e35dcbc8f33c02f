/** The stock of a lesson as the server lists it: what a room has on its own disk before the lesson begins. */

export interface StockFile {
  sha256: string;
  bytes: number;
  media_type: string;
  piece: "page" | "clip" | "sound" | "micro_lesson";
  /** The document of a page, the recording of anything else. */
  deck: string;
  page: number | null;
  width: number | null;
}

export interface StockDeck {
  id: string;
  title: string;
  pages: { number: number; width: number; height: number }[];
}

export interface LocalPlan {
  text: string;
  micro_lesson: string | null;
  title: string;
  /** Where the micro lesson is kept; null while there is none to fetch. */
  film: string | null;
}

export interface Stock {
  lesson: string;
  mark: string;
  /** False while the platform still works on the files. */
  is_whole: boolean;
  total_bytes: number;
  files: StockFile[];
  decks: StockDeck[];
  plan: LocalPlan | null;
}

/** A lesson whose stock the room keeps; the stock is asked for anew when its mark is another. */
export interface Listed {
  id: string;
  starts_at: number;
  ends_at: number;
  mark: string;
  is_whole: boolean;
}

export type StockState = "ready" | "fetching" | "missing" | "disk_full" | "unsupported";
