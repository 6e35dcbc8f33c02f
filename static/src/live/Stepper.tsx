/** A number that a finger can set: minus, the number itself, plus; a press held down goes on counting. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "./words";

interface StepperProps {
  label: string;
  value: number;
  most?: number;
  onChange: (value: number) => void;
}

const FIRST_MS = 450;
const AGAIN_MS = 90;

export function Stepper({ label, value, most = 200, onChange }: StepperProps) {
  const now = useRef(value);
  now.current = value;
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const set = (wanted: number): void => onChange(Math.min(most, Math.max(0, Math.round(wanted) || 0)));
  const stop = (): void => clearTimeout(timer.current);
  const hold = (step: number, wait = FIRST_MS): void => {
    stop();
    timer.current = setTimeout(() => {
      set(now.current + step);
      hold(step, AGAIN_MS);
    }, wait);
  };
  useEffect(() => stop, []);
  const button = (step: 1 | -1) => (
    <button
      type="button"
      class="stepper-step"
      aria-label={t(step > 0 ? "one_more" : "one_less", { what: label })}
      onPointerDown={() => hold(step)}
      onPointerUp={stop}
      onPointerLeave={stop}
      onClick={() => set(now.current + step)}
    >
      {step > 0 ? "+" : "−"}
    </button>
  );
  return (
    <div class="stepper" role="group" aria-label={label}>
      <span class="stepper-label">{label}</span>
      {button(-1)}
      <input class="stepper-value" type="number" inputMode="numeric" min={0} max={most} value={value} aria-label={label} onFocus={(event) => event.currentTarget.select()} onInput={(event) => set(Number(event.currentTarget.value))} />
      {button(1)}
    </div>
  );
}
