/**
 * What a lesson shows now, as the fold of its facts: the twin of resource_hub/live/state.py.
 *
 * Both are held by the same vectors (tests/live/vectors.json), so a change is made in both or in none.
 * Law: folding the facts after a snapshot into that snapshot gives the snapshot of now.
 */

export interface Fact {
  lesson: string;
  seq: number;
  /** Milliseconds since 1970 by the server's clock. */
  at: number;
  by: string;
  type: string;
  data: Record<string, any>;
}

export interface Stroke {
  id: string;
  pen: "pen" | "marker";
  colour: number;
  width: number;
  points: string;
  by: string;
}

export interface Poll {
  question: string;
  choices: string[];
  kind: "hands" | "cards" | "groups";
  at: number;
  is_open: boolean;
  answers: Record<string, number[]>;
}

export interface Hand {
  id: string;
  site: number;
  who: string;
  at: number;
  called_at: number | null;
}

/** A photo of work on paper, with what teachers said about it. */
export interface Work {
  id: string;
  site: number;
  asset: string;
  caption: string;
  at: number;
  comments: { id: string; by: string; at: number; text: string }[];
}

export interface Reflection {
  worked: string;
  problem: string;
  evidence: string;
  next: string;
  at: number;
}

export interface State {
  lesson: string;
  seq: number;
  phase: "planned" | "running" | "paused" | "ended";
  started_at: number | null;
  ended_at: number | null;
  ends_at: number | null;
  paused_at: number | null;
  /** By seat: the connections in it, each with the device that it belongs to; a device outlives its connections. */
  seats: Record<string, Record<string, string>>;
  slide: { deck: string; page: number; step: number } | null;
  pages: Record<string, Stroke[]>;
  pointer: { page: string; x: number; y: number; by: string } | null;
  polls: Record<string, Poll>;
  hands: Hand[];
  stage: { site: number; who: string; at: number } | null;
  buzz: { id: string; at: number; is_open: boolean; presses: { site: number; at: number }[] } | null;
  chat: { id: string; by: string; at: number; text: string }[];
  timer: { id: string; ends_at: number; seconds: number; label: string; kind: "task" | "local" } | null;
  groups: Record<string, string[]>;
  photos: Work[];
  tickets: Record<string, Record<string, [number, number]>>;
  moods: Record<string, { counts: number[]; at: number }>;
  heads: Record<string, number>;
  scores: Record<string, number>;
  notices: { id: string; text: string; site: number | null; at: number }[];
  helps: { id: string; site: number; about: string; at: number }[];
  media: Record<string, { mic: boolean; camera: boolean; speaker: boolean }>;
  /** By site: the one device whose microphone and loudspeaker are used there. */
  audio: Record<string, string>;
  links: Record<string, { rung: string; at: number }>;
  /** By site: the best rung that its line may take, chosen by hand. */
  limits: Record<string, string>;
  /** How sound and picture reach several rooms; null until there are several. */
  route: "sfu" | "star" | null;
  voices: { id: string; voice: string; ms: number; at: number }[];
  reports: Record<string, { went: string; text: string }>;
  /** By seat. */
  reflections: Record<string, Reflection>;
  /** Of a meeting. */
  minutes: { id: string; by: string; at: number; kind: "note" | "decision"; text: string }[];
  /** Who records the lead's sound and picture now, and since when. */
  recording: { session: string; device: string; at: number } | null;
  /** By site: the invitation to be its document camera, and the device of the phone that is. */
  cameras: Record<string, { key: string; at: number; device: string | null }>;
  /** The class whose document camera all classes see. */
  shown_camera: number | null;
  /** Works that all classes see: all of them, or the one of this id. */
  wall: { photo: string | null } | null;
  /** Pages of the board that have strokes and were not sent with the snapshot; they come by board:load. */
  unloaded?: string[];
}

const CHAT_SHOWN = 200;
const NOTICES_SHOWN = 20;
const VOICES_KEPT = 4;

export function newState(lesson: string): State {
  return {
    lesson, seq: 0, phase: "planned", started_at: null, ended_at: null, ends_at: null, paused_at: null,
    seats: {}, slide: null, pages: {}, pointer: null, polls: {}, hands: [], stage: null, buzz: null, chat: [],
    timer: null, groups: {}, photos: [], tickets: {}, moods: {}, heads: {}, scores: {}, notices: [], helps: [],
    media: {}, audio: {}, links: {}, limits: {}, route: null, voices: [], reports: {}, reflections: {}, minutes: [],
    recording: null, cameras: {}, shown_camera: null, wall: null,
  };
}

/** Take one fact into the state; a fact of an unknown type counts, and changes nothing else. */
export function apply(state: State, fact: Fact): void {
  state.seq = fact.seq;
  CHANGES[fact.type]?.(state, fact.data, fact);
}

/** Take facts in their order into the state; those it has already are passed over. */
export function fold(state: State, facts: Iterable<Fact>): State {
  for (const fact of facts) if (fact.seq > state.seq) apply(state, fact);
  return state;
}

type Change = (state: State, data: Fact["data"], fact: Fact) => void;

/** The last so many of a list, and one more. */
function kept<T>(list: T[], added: T, most: number): T[] {
  return [...list.slice(1 - most), added];
}

const CHANGES: Record<string, Change> = {
  "lesson:started": (state, data, fact) => {
    state.phase = "running";
    state.started_at = state.started_at || fact.at;
    state.ended_at = state.paused_at = null;
    state.ends_at = data.ends_at ?? null;
  },
  "lesson:paused": (state, _data, fact) => {
    state.phase = "paused";
    state.paused_at = fact.at;
  },
  "lesson:resumed": (state) => {
    state.phase = "running";
    state.paused_at = null;
  },
  "lesson:extended": (state, data) => {
    state.ends_at = data.ends_at;
  },
  "lesson:ended": (state, _data, fact) => {
    state.phase = "ended";
    state.ended_at = fact.at;
    state.paused_at = state.stage = state.timer = state.buzz = state.pointer = state.recording = null;
    state.hands = [];
    state.cameras = {};
    state.shown_camera = null;
    state.wall = null;
  },
  "seat:joined": (state, data) => {
    (state.seats[data.seat] ??= {})[data.conn] = data.device;
  },
  "seat:left": (state, data) => {
    const there = state.seats[data.seat];
    if (!there) return;
    delete there[data.conn];
    if (!Object.keys(there).length) delete state.seats[data.seat];
  },
  "slide:turned": (state, data) => {
    state.slide = { deck: data.deck, page: data.page, step: data.step };
    state.pointer = state.wall = null;
  },
  "stroke:drawn": (state, data, fact) => {
    const { page, ...stroke } = data;
    (state.pages[page] ??= []).push({ ...stroke, by: fact.by } as Stroke);
  },
  "strokes:erased": (state, data) => {
    const gone = new Set<string>(data.strokes);
    state.pages[data.page] = (state.pages[data.page] ?? []).filter((stroke) => !gone.has(stroke.id));
  },
  "page:cleared": (state, data) => {
    state.pages[data.page] = [];
  },
  "pointer:kept": (state, data, fact) => {
    state.pointer = { page: data.page, x: data.x, y: data.y, by: fact.by };
  },
  "pointer:dropped": (state) => {
    state.pointer = null;
  },
  "poll:opened": (state, data, fact) => {
    const { question, choices, kind } = data;
    state.polls[data.id] = { question, choices, kind, at: fact.at, is_open: true, answers: {} } as Poll;
  },
  "poll:answered": (state, data) => {
    const poll = state.polls[data.poll];
    if (poll) poll.answers[String(data.site)] = data.counts;
  },
  "poll:closed": (state, data) => {
    const poll = state.polls[data.poll];
    if (poll) poll.is_open = false;
  },
  "hand:raised": (state, data, fact) => {
    state.hands.push({ id: data.id, site: data.site, who: data.who, at: fact.at, called_at: null });
  },
  "hand:called": (state, data, fact) => {
    for (const hand of state.hands) if (hand.id === data.hand) hand.called_at = fact.at;
  },
  "hand:lowered": (state, data) => {
    state.hands = state.hands.filter((hand) => hand.id !== data.hand);
  },
  "stage:changed": (state, data, fact) => {
    state.stage = data.site === null ? null : { site: data.site, who: data.who, at: fact.at };
  },
  "buzz:opened": (state, data, fact) => {
    state.buzz = { id: data.id, at: fact.at, is_open: true, presses: [] };
  },
  "buzz:pressed": (state, data, fact) => {
    if (!state.buzz) return;
    state.buzz.presses.push({ site: data.site, at: fact.at - Math.floor(data.rtt_ms / 2) });
    state.buzz.presses.sort((one, other) => one.at - other.at);
  },
  "buzz:closed": (state) => {
    state.buzz = null;
  },
  "chat:said": (state, data, fact) => {
    state.chat = kept(state.chat, { id: data.id, by: fact.by, at: fact.at, text: data.text }, CHAT_SHOWN);
  },
  "timer:started": (state, data, fact) => {
    const { id, seconds, label, kind } = data;
    state.timer = { id, ends_at: fact.at + seconds * 1000, seconds, label, kind } as State["timer"];
  },
  "timer:stopped": (state) => {
    state.timer = null;
  },
  "groups:formed": (state, data) => {
    state.groups[String(data.site)] = data.groups;
  },
  "photo:added": (state, data, fact) => {
    const { id, site, asset, caption } = data;
    state.photos.push({ id, site, asset, caption, at: fact.at, comments: [] } as Work);
  },
  "work:commented": (state, data, fact) => {
    const photo = state.photos.find((one) => one.id === data.photo);
    photo?.comments.push({ id: data.id, by: fact.by, at: fact.at, text: data.text });
  },
  "ticket:counted": (state, data) => {
    (state.tickets[String(data.item)] ??= {})[String(data.site)] = [data.right, data.wrong];
  },
  "mood:counted": (state, data, fact) => {
    state.moods[String(data.site)] = { counts: data.counts, at: fact.at };
  },
  "heads:counted": (state, data) => {
    state.heads[String(data.site)] = data.count;
  },
  "score:given": (state, data) => {
    const key = String(data.site);
    state.scores[key] = (state.scores[key] ?? 0) + data.points;
  },
  "notice:given": (state, data, fact) => {
    state.notices = kept(state.notices, { id: data.id, text: data.text, site: data.site, at: fact.at }, NOTICES_SHOWN);
  },
  "help:called": (state, data, fact) => {
    state.helps.push({ id: data.id, site: data.site, about: data.about, at: fact.at });
  },
  "help:answered": (state, data) => {
    state.helps = state.helps.filter((one) => one.id !== data.help);
  },
  "media:changed": (state, data) => {
    state.media[String(data.site)] = { mic: data.mic, camera: data.camera, speaker: data.speaker };
  },
  "audio:taken": (state, data) => {
    state.audio[String(data.site)] = data.device;
  },
  "audio:dropped": (state, data) => {
    delete state.audio[String(data.site)];
  },
  "link:changed": (state, data, fact) => {
    state.links[String(data.site)] = { rung: data.rung, at: fact.at };
  },
  "recording:started": (state, data, fact) => {
    state.recording = { session: data.session, device: data.device, at: fact.at };
  },
  "recording:stopped": (state) => {
    state.recording = null;
  },
  "link:limited": (state, data) => {
    if (data.rung === null) delete state.limits[String(data.site)];
    else state.limits[String(data.site)] = data.rung;
  },
  "route:changed": (state, data) => {
    state.route = data.via;
  },
  "voice:added": (state, data, fact) => {
    state.voices = kept(state.voices, { id: data.id, voice: data.voice, ms: data.ms, at: fact.at }, VOICES_KEPT);
  },
  "camera:invited": (state, data, fact) => {
    state.cameras[String(data.site)] = { key: data.id, at: fact.at, device: null };
    if (state.shown_camera === data.site) state.shown_camera = null;
  },
  "camera:taken": (state, data) => {
    const camera = state.cameras[String(data.site)];
    if (camera?.key === data.key) camera!.device = data.device;
  },
  "camera:dropped": (state, data) => {
    delete state.cameras[String(data.site)];
    if (state.shown_camera === data.site) state.shown_camera = null;
  },
  "works:shown": (state, data) => {
    state.wall = { photo: data.photo };
  },
  "works:hidden": (state) => {
    state.wall = null;
  },
  "camera:shown": (state, data) => {
    state.shown_camera = data.site;
  },
  "report:given": (state, data) => {
    state.reports[String(data.site)] = { went: data.went, text: data.text };
  },
  "reflection:given": (state, data, fact) => {
    const { worked, problem, evidence, next } = data;
    state.reflections[fact.by] = { worked, problem, evidence, next, at: fact.at } as Reflection;
  },
  "minute:added": (state, data, fact) => {
    const { id, kind, text } = data;
    state.minutes.push({ id, by: fact.by, at: fact.at, kind, text } as State["minutes"][number]);
  },
  "minute:dropped": (state, data) => {
    state.minutes = state.minutes.filter((one) => one.id !== data.minute);
  },
};

/** Every type of fact that changes something: the protocol's list and this one are compared by a test. */
export const FACTS: ReadonlySet<string> = new Set(Object.keys(CHANGES));
