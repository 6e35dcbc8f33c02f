/** What a page of a lesson is given by the server. Names are those of schools, classes and teachers only. */

export interface Site {
  position: number;
  school: string;
  class_name: string;
  head_count: number;
  is_lead: boolean;
}

export interface LessonProps {
  lesson: string;
  /** The seat that the server found; the door may give another when the timetable changed meanwhile. */
  seat: string;
  as_observer: boolean;
  /** Teachers alone: the sites are persons, and each may speak. */
  is_meeting: boolean;
  /** The classes from afar only watch: they send nothing, and there may be many. */
  is_watched: boolean;
  /** Whether they get sound and picture; else slides and board alone. */
  can_cast: boolean;
  /** Where a class that only watches finds sound and picture; null for all others, and where there are none. */
  cast: string | null;
  title: string;
  subject: string;
  lead: string;
  /** Planned times, milliseconds since 1970. */
  starts_at: number;
  ends_at: number;
  sites: Site[];
  /** Whom to call, as the district wrote it; may be empty. */
  help: string;
}

/** The site that a seat speaks for: 0 for the lead, the number in `class:1`; null for who watches. */
export function siteOf(seat: string): number | null {
  if (seat === "lead") return 0;
  const [part, place] = seat.split(":");
  return (part === "assist" || part === "class") && place !== undefined ? Number(place) : null;
}

/** A class as one says it: school and class in one breath. */
export function nameOf(sites: readonly Site[], position: number): string {
  const site = sites.find((one) => one.position === position);
  return site ? `${site.school}${site.class_name}` : "";
}

/** The classes that take part from afar. */
export function receivers(sites: readonly Site[]): Site[] {
  return sites.filter((site) => !site.is_lead);
}
