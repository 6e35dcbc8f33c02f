/**
 * What the names of files say about a lesson, at once and without the server; the same rules as
 * library/rules.py, whose suggestions come with the draft. Pure.
 */
const KIND_WORDS: readonly [RegExp, string][] = [
  [/说课/, "lesson_talk"],
  [/评课|观课|听课/, "observation_report"],
  [/任务单|学案|导学/, "task_sheet"],
  [/作业|习题|练习|试卷|错题/, "exercise"],
  [/微课/, "micro_lesson"],
  [/实录|录像|课堂/, "recorded_lesson"],
  [/单元设计|单元整体/, "unit_plan"],
  [/实验|教具/, "experiment"],
  [/教案|教学设计/, "lesson_plan"],
  [/课件|幻灯/, "slides"],
];
const KIND_SUFFIXES: readonly [RegExp, string][] = [
  [/\.(ppt|pptx|dps|odp)$/i, "slides"],
  [/\.(doc|docx|wps|odt)$/i, "lesson_plan"],
  [/\.(mp4|mov|avi|wmv|flv|mkv|webm|mts|m2ts)$/i, "recorded_lesson"],
];

const KIND_TAIL = /[\s_\-—·]*(教学设计|教案|课件|幻灯片?|学习任务单|任务单|导学案|学案|作业|习题|练习|微课|课堂实录|实录|录像|说课稿?|单元设计)$/;

export function suggestKind(names: readonly string[]): string | null {
  const kinds = names.map(kindOf).filter((kind): kind is string => kind !== null);
  if (new Set(kinds).size > 1) return "lesson_pack";
  return kinds[0] ?? null;
}

/** A title from the first name that says more than its kind; a pack is named without any kind. */
export function suggestTitle(names: readonly string[]): string {
  const titles = names.map(titleOf);
  const topics = titles.map((title) => title.replace(KIND_TAIL, "").trim());
  const at = Math.max(0, topics.findIndex((topic) => topic !== ""));
  return (suggestKind(names) === "lesson_pack" && topics[at]) || titles[at] || "";
}

function titleOf(name: string): string {
  return name
    .replace(/\.[A-Za-z0-9]{1,5}$/, "")
    .replace(/[\s_]*(\(\d+\)|（\d+）|-?\s*副本|[-_]?最终版?|[-_]?终稿|[-_]?v\d+|20\d{6})[\s_]*/gi, " ")
    .replace(/^[\d.、\-_\s]+(?=\D{2})/, "")
    .replace(/[\s_]+/g, " ")
    .trim()
    .slice(0, 200);
}

/** "色彩、冷暖 颜料" → ["色彩", "冷暖", "颜料"], at most eight. */
export function splitKeywords(text: string, most = 8): string[] {
  const words = text.split(/[\s,,、;;]+/).filter((word) => word !== "");
  return [...new Set(words)].slice(0, most);
}

function kindOf(name: string): string | null {
  for (const [pattern, kind] of [...KIND_WORDS, ...KIND_SUFFIXES]) if (pattern.test(name)) return kind;
  return null;
}
