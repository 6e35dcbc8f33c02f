/** FIAS on a recording: a key every three seconds, pause and undo, the whole lesson or five minutes of it. */
import { useEffect, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Icon } from "../../shared/icon";
import type { Part } from "./One";
import { Choice, SIDE_WORDS } from "./St";
import type { Kept } from "./store";
import { coded, filled, fiasOf, GAP, isTyping, stepAt, undone } from "./ticks";
import { secondOf, seek, togglePlayer } from "./time";
import type { Coding, Side } from "./types";
import { t } from "./words";

const STEP_S = 3;
const SAMPLE_S = 300;

export function Fias(part: Part) {
  const { book, thing } = part;
  const codings = book.of<Coding>("coding", thing.id).filter((one) => one.data.scheme === "fias");
  const [chosen, choose] = useState("");
  const running = codings.find((one) => one.id === chosen) ?? codings[codings.length - 1];
  return (
    <div class="observe-coding">
      {codings.length > 1 && (
        <div class="chips" role="group" aria-label={t("which_coding")}>
          {codings.map((one) => <button key={one.id} type="button" class="chip" aria-pressed={one.id === running?.id} onClick={() => choose(one.id)}>{t(SIDE_WORDS[one.data.side])} {clockTime(one.data.from_second)}</button>)}
        </div>
      )}
      {running && <Running key={running.id} part={part} coding={running} />}
      {!part.isClosed && (running ? <details class="fold"><summary><Icon name="plus" /><span>{t("another_coding")}</span><Icon name="down" /></summary><Begin part={part} /></details> : <Begin part={part} />)}
    </div>
  );
}

function Begin({ part: { book, thing, second } }: { part: Part }) {
  const [side, setSide] = useState<Side>("city");
  const [sample, setSample] = useState("whole");
  const begin = (): void => {
    const from = sample === "whole" ? 0 : secondOf(thing);
    book.add<Coding>("coding", { scheme: "fias", side, interval_s: STEP_S, from_second: from, codes: [] }, thing.id, { until: sample === "whole" ? null : from + SAMPLE_S });
    seek(from);
  };
  return (
    <section class="panel observe-start">
      <h2>{t("fias_title")}</h2>
      <p class="muted">{t("fias_hint")}</p>
      <Choice name="fias-side" legend={t("which_end")} options={[["city", t("city")], ["village", t("village_end")]]} value={side} onChange={(value) => setSide(value as Side)} />
      <Choice name="sample" legend={t("how_much")} options={[["whole", t("whole_lesson")], ["sample", t("five_minutes", { time: clockTime(second) })]]} value={sample} onChange={setSample} />
      <button type="button" class="btn btn-primary" onClick={begin}>{t("begin_coding")}</button>
    </section>
  );
}

function Running({ part: { book, props, thing, second, isClosed }, coding }: { part: Part; coding: Kept<Coding> }) {
  const { codes, from_second } = coding.data;
  const until = typeof coding.local?.["until"] === "number" ? coding.local["until"] : Infinity;
  const step = stepAt(second, from_second, STEP_S);
  const isOver = second >= until;
  const gaps = codes.filter((code) => code === GAP).length;
  const press = (code: string): void => {
    const at = stepAt(secondOf(thing), from_second, STEP_S);
    if (at < 0 || isOver || isClosed) return;
    book.change<Coding>(coding.id, { codes: coded(codes, at, code) });
  };
  const undo = (): void => book.change<Coding>(coding.id, { codes: undone(codes) });
  useKeys(press, undo);
  useEffect(() => {
    if (isOver) for (const video of document.querySelectorAll("video")) video.pause();
  }, [isOver]);
  return (
    <>
      <p class="observe-tick" role="status">{step < 0 ? t("before_sample") : isOver ? t("sample_over") : t("fias_now", { n: step + 1, code: codes[step] ?? "—" })}</p>
      <ol class="observe-codes" aria-label={t("codes_so_far")}>
        {codes.slice(-40).map((code, index, shown) => {
          const at = codes.length - shown.length + index;
          return <li key={at}><button type="button" class={`code${code === GAP ? " code-gap" : ""}`} aria-label={t("fix_step", { n: at + 1, code })} onClick={() => seek(from_second + at * STEP_S)}>{code}</button></li>;
        })}
      </ol>
      {gaps > 0 && <p class="observe-gaps"><span class="state state-warn">{t("missed_n", { n: gaps })}</span> <button type="button" class="btn btn-quiet" disabled={isClosed} onClick={() => book.change<Coding>(coding.id, { codes: filled(codes) })}>{t("fill_as_before")}</button></p>}
      <div class="observe-thumb observe-fias">
        {props.fias.map((words, at) => (
          <button key={words} type="button" class="big" disabled={isClosed} onClick={() => press(String(at + 1))}><strong>{at + 1}</strong>{words}</button>
        ))}
        <button type="button" class="btn btn-plain" onClick={togglePlayer}>{t("pause_play")}</button>
        <button type="button" class="btn btn-plain" disabled={isClosed || codes.length === 0} onClick={undo}>{t("undo")}</button>
      </div>
    </>
  );
}

/** Keys are taken before the player has them, for which numbers are places of the recording. */
function useKeys(press: (code: string) => void, undo: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const code = fiasOf(event.key);
      if (code) press(code);
      else if (event.key === "Backspace") undo();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  });
}
