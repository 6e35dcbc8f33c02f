/** S-T: one press a step, prompted by a tick; what was missed is said and can be filled in. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { clockTime } from "../../shared/format";
import { Icon } from "../../shared/icon";
import type { Part } from "./One";
import type { Kept } from "./store";
import { coded, isTyping, missed, stepAt, stOf, undone } from "./ticks";
import { secondOf, seek } from "./time";
import type { Coding, Side } from "./types";
import { t } from "./words";

export const SIDE_WORDS = { city: "city", village: "village_end" } as const;

export function St(part: Part) {
  const { book, thing, second } = part;
  const codings = book.of<Coding>("coding", thing.id).filter((one) => one.data.scheme === "st");
  const [chosen, choose] = useState("");
  const running = codings.find((one) => one.id === chosen) ?? codings[0];
  if (!running) return <Begin part={part} taken={[]} />;
  const taken = codings.map((one) => one.data.side);
  return (
    <div class="observe-coding">
      {codings.length > 1 && (
        <div class="chips" role="group" aria-label={t("which_end")}>
          {codings.map((one) => <button key={one.id} type="button" class="chip" aria-pressed={one.id === running.id} onClick={() => choose(one.id)}>{t(SIDE_WORDS[one.data.side])}</button>)}
        </div>
      )}
      <Running part={part} coding={running} second={second} />
      {taken.length < 2 && !part.isClosed && <details class="fold"><summary><Icon name="plus" /><span>{t("other_end")}</span><Icon name="down" /></summary><Begin part={part} taken={taken} /></details>}
    </div>
  );
}

function Begin({ part: { book, thing, isClosed }, taken }: { part: Part; taken: Side[] }) {
  const free = (["city", "village"] as Side[]).filter((side) => !taken.includes(side));
  const [side, setSide] = useState<Side>(free[0] ?? "city");
  const [interval, setStep] = useState(30);
  const begin = (): void => {
    book.add<Coding>("coding", { scheme: "st", side, interval_s: interval, from_second: secondOf(thing), codes: [] }, thing.id);
  };
  return (
    <section class="panel observe-start">
      <h2>{t("st_title")}</h2>
      <p class="muted">{t("st_hint")}</p>
      <Choice name="side" legend={t("which_end")} options={free.map((one) => [one, t(SIDE_WORDS[one])])} value={side} onChange={(value) => setSide(value as Side)} />
      <Choice name="step" legend={t("how_often")} options={[["30", t("every_s", { n: 30 })], ["15", t("every_s", { n: 15 })]]} value={String(interval)} onChange={(value) => setStep(Number(value))} />
      <button type="button" class="btn btn-primary" disabled={isClosed} onClick={begin}>{t("begin_coding")}</button>
    </section>
  );
}

export function Choice({ name, legend, options, value, onChange }: { name: string; legend: string; options: [string, string][]; value: string; onChange: (value: string) => void }) {
  return (
    <fieldset class="observe-choice">
      <legend>{legend}</legend>
      {options.map(([key, words]) => (
        <label key={key} class="form-check"><input class="form-check-input" type="radio" name={name} value={key} checked={key === value} onChange={() => onChange(key)} />{words}</label>
      ))}
    </fieldset>
  );
}

function Running({ part: { book, thing, isClosed }, coding, second }: { part: Part; coding: Kept<Coding>; second: number }) {
  const { codes, interval_s, from_second } = coding.data;
  const step = stepAt(second, from_second, interval_s);
  const current = codes[step];
  const gaps = missed(codes, step);
  const [gap, setGap] = useState<number | null>(null);
  const left = interval_s - ((second - from_second) % interval_s);
  const press = (code: string): void => {
    const at = gap ?? stepAt(secondOf(thing), from_second, interval_s);
    if (at < 0 || isClosed) return;
    book.change<Coding>(coding.id, { codes: coded(codes, at, code) });
    setGap(null);
  };
  const undo = (): void => book.change<Coding>(coding.id, { codes: undone(codes) });
  useKeys(press, undo);
  useTick(step);
  const isRecording = thing.data.what === "recording";
  return (
    <>
      <p class={`observe-tick${current ? " is-coded" : ""}`} role="status">
        {gap !== null ? t("fill_step", { n: gap + 1, time: clockTime(from_second + gap * interval_s) }) : current ? t("step_coded", { n: step + 1, code: t(current as "T" | "S") }) : t("step_now", { n: step + 1 })}
        <span class="muted"> {t("next_in", { n: left })}</span>
      </p>
      <progress class="observe-progress" max={interval_s} value={interval_s - left} aria-hidden="true" />
      <ol class="observe-codes" aria-label={t("codes_so_far")}>
        {codes.map((code, index) => (
          <li key={index}><button type="button" class={`code code-${code === "-" ? "gap" : code}`} aria-label={t("fix_step", { n: index + 1, code })} onClick={() => { setGap(index); if (isRecording) seek(from_second + index * interval_s); }}>{code}</button></li>
        ))}
      </ol>
      {gaps.length > 0 && (
        <p class="observe-gaps"><span class="state state-warn">{t("missed_n", { n: gaps.length })}</span> {gaps.slice(0, 8).map((one) => <button key={one} type="button" class="btn btn-quiet" onClick={() => setGap(one)}>{t("step_n", { n: one + 1 })}</button>)}</p>
      )}
      <div class="observe-thumb observe-st">
        <button type="button" class="big" disabled={isClosed} onClick={() => press("T")}><strong>T</strong>{t("T")}</button>
        <button type="button" class="big" disabled={isClosed} onClick={() => press("S")}><strong>S</strong>{t("S")}</button>
        <button type="button" class="btn btn-plain" disabled={isClosed || codes.length === 0} onClick={undo}>{t("undo")}</button>
      </div>
    </>
  );
}

function useKeys(press: (code: string) => void, undo: () => void): void {
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const code = stOf(event.key);
      if (code) press(code);
      else if (event.key === "Backspace") undo();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
}

/** A phone in the hand says by a short shake that the next step begins; where it cannot, the line above says it. */
function useTick(step: number): void {
  useEffect(() => {
    if (step > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) navigator.vibrate?.(120);
  }, [step]);
}
