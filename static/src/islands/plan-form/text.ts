/**
 * Between the blocks of a text and what a plain text area holds: a line a block, `- ` for an item,
 * `$…$` for a formula, 〔图1〕 for a picture in its place. Pure.
 *
 * Rule: a line that was not changed gives back the very block that it came from, with everything
 * that a text area cannot show (bold words, links, numbered items).
 */
import { type Block, isPicture, type Paragraph, type Picture, type Run } from "./plan";

const PICTURE = /^〔图(\d+)[^〕]*〕$/;
const BULLET = /^[-·•]\s+/;

/** The lines of a text; `pictures` are those that its 〔图n〕 mean. */
export interface Written {
  value: string;
  pictures: Picture[];
}

export function written(blocks: readonly Block[]): Written {
  const pictures = blocks.filter(isPicture);
  return { value: linesOf(blocks).join("\n"), pictures };
}

/** Return the blocks of what stands in the text area now; `before` are those that it was filled from. */
export function read(value: string, before: readonly Block[], pictures: readonly Picture[]): Block[] {
  const known = new Map<string, Block[]>();
  linesOf(before).forEach((line, place) => known.set(line, [...(known.get(line) ?? []), before[place] as Block]));
  const found: Block[] = [];
  for (const line of value.split("\n")) {
    if (line.trim() === "") continue;
    const same = known.get(line)?.shift();
    const block = same ?? blockOf(line, pictures);
    if (block) found.push(block);
  }
  return found;
}

/** True when some line would lose its looks if it were changed. */
export function isRich(blocks: readonly Block[]): boolean {
  return blocks.some((block) => !isPicture(block) && (block.runs ?? []).some((run) => "text" in run && (run.bold || run.underline || run.resource)));
}

/** The line that stands for the picture of that number, from 1. */
export function pictureLine(number: number, alt = ""): string {
  return `〔图${number}${alt ? `：${alt.replace(/[〔〕\n]/g, " ")}` : ""}〕`;
}

function linesOf(blocks: readonly Block[]): string[] {
  let pictures = 0;
  let item = 0;
  return blocks.map((block) => {
    if (isPicture(block)) return pictureLine((pictures += 1), block.alt);
    item = block.type === "numbered" ? item + 1 : 0;
    const sign = block.type === "bullet" ? "- " : block.type === "numbered" ? `${item}. ` : "";
    return sign + wordsOf(block);
  });
}

function wordsOf(block: Paragraph): string {
  return (block.runs ?? []).map((run) => ("text" in run ? run.text.replace(/\n/g, " ").replace(/\$/g, "\\$") : `$${run.formula}$`)).join("");
}

function blockOf(line: string, pictures: readonly Picture[]): Block | null {
  const shown = PICTURE.exec(line.trim());
  if (shown) {
    const picture = pictures[Number(shown[1]) - 1];
    // The words between the marks are its description, and may be changed like any others.
    const alt = /：(.*)〕$/.exec(line.trim())?.[1]?.trim() ?? "";
    return picture ? { type: "picture", asset: picture.asset, ...(alt ? { alt: alt.slice(0, 200) } : {}) } : null;
  }
  const bullet = BULLET.exec(line);
  const runs = runsOf(bullet ? line.slice(bullet[0].length) : line);
  return bullet ? { type: "bullet", runs } : { runs };
}

/** Split a line at its formulas; a dollar sign without its other half, or after a backslash, is itself. */
function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let words = "";
  for (let at = 0; at < line.length; at += 1) {
    const end = line[at] === "$" ? closing(line, at) : -1;
    if (line[at] === "\\" && line[at + 1] === "$") {
      words += "$";
      at += 1;
    } else if (end > at + 1) {
      if (words) runs.push({ text: words });
      words = "";
      runs.push({ formula: line.slice(at + 1, end).slice(0, 2000) });
      at = end;
    } else words += line[at];
  }
  if (words) runs.push({ text: words });
  return runs;
}

function closing(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at += 1) if (line[at] === "$" && line[at - 1] !== "\\") return at;
  return -1;
}
