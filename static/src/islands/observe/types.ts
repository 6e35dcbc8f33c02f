/** What the server gives the pages of observation, and what a device keeps and sends. */

export type Side = "city" | "village";
export type What = "lesson" | "recording" | "room";

export interface Row {
  name: string;
  weight: number;
  descriptors: string[];
}

export interface Rubric {
  id: string;
  version: number;
  title: string;
  about: string;
  rows: Row[];
}

export interface Lesson {
  id: string;
  title: string;
  teacher: string;
  subject: string;
  school: string;
  class_name: string;
  began: number;
  period: string;
  has_village: boolean;
}

export interface Recording {
  resource: string;
  asset: string;
  title: string;
  teacher: string;
  school: string;
  subject: string;
}

export interface Score {
  rubric: string;
  version: number;
  scores: (number | null)[];
  round: string | null;
}

/** As `POST /api/v1/observations/sync` takes it. */
export interface Observation {
  what: What;
  lesson: string | null;
  resource: string | null;
  asset: string | null;
  cycle: string | null;
  teacher_id: string | null;
  teacher: string;
  school: string;
  class_name: string;
  subject: string;
  topic: string;
  period: string;
  place: string;
  kind: string;
  started_at: number;
  ended_at: number | null;
  level: string;
  opinion: string;
  village: string;
  strengths: string[];
  suggestions: string[];
  /** Viewpoints of the frame that the observer chose; those kept before there was a frame have none. */
  viewpoints?: string[];
  score: Score | null;
}

export interface Note {
  made_at: number;
  second: number;
  stage: string;
  teacher: string;
  pupils: string;
  comment: string;
  village: string;
  tags: string[];
  side: Side | null;
  photo: string | null;
  is_deleted: boolean;
}

export interface Coding {
  scheme: "st" | "fias";
  side: Side;
  interval_s: number;
  from_second: number;
  codes: string[];
}

export type End = "city" | "village" | "all";

/** One thing counted from a viewpoint; level and waiting time are a question's. */
export interface Mark {
  made_at: number;
  second: number;
  viewpoint: string;
  item: string;
  end: End;
  level: string | null;
  wait_ms: number | null;
  is_deleted: boolean;
}

export interface Viewpoint {
  key: string;
  name: string;
  prompt: string;
  items: [string, string][];
}

export interface Dimension {
  name: string;
  viewpoints: Viewpoint[];
}

interface Named {
  id: string;
  version: number;
}

/** What the server has of the observation that the page shows. */
export interface Known {
  observation: Observation & Named;
  sharing: "private" | "shared_with_teacher" | "shared";
  is_answered: boolean;
  notes: (Note & Named)[];
  codings: (Coding & Named)[];
  marks: (Mark & Named)[];
}

export interface Props {
  mode: "list" | "one";
  person: string;
  now: number;
  school: string;
  kinds: [string, string][];
  tags: string[];
  stages: string[];
  fias: string[];
  levels: string[];
  shares: number[];
  bands: string[];
  rubrics: Rubric[];
  rounds: [string, string][];
  frame: Dimension[];
  ends: Record<End, string>;
  question_levels: [string, string][];
  lessons?: Lesson[];
  chosen?: { lesson?: Lesson; recording?: Recording } | null;
  /** The cycle of lesson study for which a link asks to observe. */
  cycle?: string | null;
  id?: string | null;
  kept?: Known | null;
  lesson?: Lesson | null;
}
