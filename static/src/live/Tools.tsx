/** The tools of the board: what the hand holds, its colour and width; a tool pressed again is put away. */
import { useState } from "preact/hooks";
import { Icon } from "../shared/icon";
import { Refused, useLesson } from "./hooks";
import { BOARD_CONTROL, type Tool, type Writing } from "./ink";
import { COLOURS, OFFERED } from "./strokes";
import { t } from "./words";

const KINDS = ["pen", "marker", "eraser", "pointer"] as const;
const WIDTHS = [2, 4, 8] as const;

interface ToolsProps {
  tool: Tool;
  writing: Writing | null;
  onTool: (tool: Tool) => void;
  /** Marks the beginning of a room's own tools on the lead's panel: with clearing the page. */
  canClear?: boolean;
}

export function Tools({ tool, writing, onTool, canClear = false }: ToolsProps) {
  const lesson = useLesson();
  const [isOpen, open] = useState(false);
  const hasColour = tool.kind === "pen" || tool.kind === "marker";
  return (
    <div class="tools" role="toolbar" aria-label={t("tools")}>
      {KINDS.map((kind) => (
        <button key={kind} type="button" class="tool" aria-pressed={tool.kind === kind} onClick={() => onTool({ ...tool, kind: tool.kind === kind ? "none" : kind })}>
          <Icon name={kind} />
          <span>{t(`tool_${kind}`)}</span>
        </button>
      ))}
      <div class="tool-more">
        <button type="button" class="tool" aria-expanded={isOpen} disabled={!hasColour} onClick={() => open(!isOpen)}>
          <Dot colour={tool.colour} />
          <span>{t(`colour_${tool.colour as (typeof OFFERED)[number]}`)}</span>
        </button>
        {isOpen && hasColour && (
          <div class="tool-sheet" role="group" aria-label={t("colour_and_width")}>
            <div class="inks">
              {OFFERED.map((colour) => (
                <button key={colour} type="button" class="ink-choice" aria-pressed={tool.colour === colour} onClick={() => { onTool({ ...tool, colour }); open(false); }}>
                  <Dot colour={colour} />
                  <span>{t(`colour_${colour}`)}</span>
                </button>
              ))}
            </div>
            <div class="choice" role="group" aria-label={t("width")}>
              {WIDTHS.map((width) => (
                <button key={width} type="button" aria-pressed={tool.width === width} onClick={() => { onTool({ ...tool, width }); open(false); }}>{t(`width_${width}`)}</button>
              ))}
            </div>
          </div>
        )}
      </div>
      <button type="button" class="tool" onClick={() => writing?.undo()}>
        <Icon name="undo" />
        <span>{t("undo")}</span>
      </button>
      {canClear && (
        <button type="button" class="tool" disabled={!writing || !lesson.state.pages[writing.page]?.length} onClick={() => writing && lesson.act(BOARD_CONTROL, "board:clear", { page: writing.page })}>
          <Icon name="sheet" />
          <span>{t("clear")}</span>
        </button>
      )}
      <Refused of={BOARD_CONTROL} />
    </div>
  );
}

/** A dot of the colour itself; drawn as a shape, since styles in attributes are forbidden. */
function Dot({ colour }: { colour: number }) {
  return <svg class="dot" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8" fill={COLOURS[colour]} /></svg>;
}
