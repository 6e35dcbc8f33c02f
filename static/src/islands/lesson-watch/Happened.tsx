/** What happened in the lesson since this page was opened, and how much came from each end. */
import { useLesson } from "../../live/hooks";
import { nameOf, siteOf } from "../../live/props";
import type { Fact } from "../../live/state";
import type { Lesson } from "../../live/store";
import { t, type Word } from "../../live/words";

const SHOWN = 60;

const WORDS: Record<string, Word> = {
  "lesson:started": "did_start", "lesson:paused": "did_pause", "lesson:resumed": "did_resume", "lesson:ended": "did_end",
  "slide:turned": "did_turn", "poll:opened": "did_ask", "poll:answered": "did_answer", "poll:closed": "did_close",
  "hand:raised": "did_raise", "hand:called": "did_call", "stage:changed": "did_stage", "buzz:opened": "did_buzz",
  "buzz:pressed": "did_press", "timer:started": "did_time", "photo:added": "did_photo", "works:shown": "did_show", "ticket:counted": "did_ticket",
  "mood:counted": "did_mood", "heads:counted": "did_heads", "score:given": "did_score", "seat:left": "did_leave",
  "help:called": "did_help", "report:given": "did_report", "groups:formed": "did_groups",
};
/** What counts as a class doing something. */
const DOING = new Set(["hand:raised", "poll:answered", "buzz:pressed", "photo:added", "ticket:counted", "mood:counted"]);

/** Strokes from the state, the rest since this page was opened; the state has no more of it. */
export function Ends() {
  const lesson = useLesson();
  const { sites } = lesson.props;
  const strokes: Record<number, number> = {};
  for (const page of Object.values(lesson.state.pages)) {
    for (const stroke of page) {
      const site = siteOf(stroke.by) ?? 0;
      strokes[site] = (strokes[site] ?? 0) + 1;
    }
  }
  const did = (site: number): number => lesson.happened.filter((fact) => DOING.has(fact.type) && placeOf(fact) === site).length;
  return (
    <table class="ends">
      <thead><tr><th scope="col">{t("end_name")}</th><th scope="col">{t("end_did")}</th><th scope="col">{t("end_turns")}</th><th scope="col">{t("end_strokes")}</th></tr></thead>
      <tbody>
        {sites.map((site) => (
          <tr key={site.position}>
            <th scope="row">{nameOf(sites, site.position)}</th>
            <td>{did(site.position)}</td>
            <td>{lesson.activity.turns(site.position)}</td>
            <td>{strokes[site.position] ?? 0}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Timeline() {
  const lesson = useLesson();
  const rows = lesson.happened.filter((fact) => fact.type in WORDS).slice(-SHOWN).reverse();
  if (rows.length === 0) return <p class="muted">{t("timeline_empty")}</p>;
  return (
    <ol class="timeline">
      {rows.map((fact) => <li key={fact.seq}><time>{clockOf(fact.at)}</time> <span>{wordsOf(fact, lesson)}</span></li>)}
    </ol>
  );
}

function placeOf(fact: Fact): number {
  return typeof fact.data["site"] === "number" ? fact.data["site"] : (siteOf(fact.by) ?? 0);
}

function wordsOf(fact: Fact, lesson: Lesson): string {
  const { sites } = lesson.props;
  if (fact.type === "stage:changed" && fact.data["site"] === null) return t("did_unstage");
  const seat = fact.type === "seat:left" ? siteOf(String(fact.data["seat"])) : placeOf(fact);
  return t(WORDS[fact.type]!, { name: nameOf(sites, seat ?? 0), n: String(fact.data["page"] ?? fact.data["count"] ?? "") });
}

function clockOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 5);
}
