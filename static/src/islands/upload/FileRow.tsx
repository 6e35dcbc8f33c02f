/** One file of the list: name, amount, bar, truth line, and the one or two things to press. */
import { Icon } from "../../shared/icon";
import { FILELESS } from "./engine/phase";
import type { Queue } from "./engine/queue";
import type { Transfer } from "./engine/transfer";
import { amountOf, shareOf, truthOf } from "./truth";
import { t } from "./words";

interface Row {
  transfer: Transfer;
  queue: Queue;
  now: number;
}

export function FileRow({ transfer, queue, now }: Row) {
  const { phase, filename } = transfer;
  const truth = truthOf(transfer, now);
  const isMoving = phase.name === "sending" || phase.name === "held" || phase.name === "opening" || phase.name === "checking";
  const showsBar = !["done", "refused", "expired", "unopened"].includes(phase.name);
  return (
    <li class={`upload-row upload-${phase.name}`}>
      <div class="upload-name">
        <span class="upload-file">{filename}</span>
        <span class="muted small nowrap">{amountOf(transfer)}</span>
      </div>
      {showsBar && <progress value={shareOf(transfer)} max={100} aria-label={filename} />}
      <div class="upload-line">
        <span class={`state ${truth.tone ? `state-${truth.tone}` : ""}`}>{truth.words}</span>
        <span class="upload-actions">
          {phase.name === "held" && phase.why === "signed_out" && (
            <a class="btn btn-quiet" href="/sign-in" target="_blank" rel="noopener">{t("sign_in")}</a>
          )}
          {(isMoving || phase.name === "waiting") && (
            <Press icon="pause" label={t("pause")} of={t("pause_of", { name: filename })} act={() => queue.pause(transfer)} />
          )}
          {phase.name === "paused" && (
            <Press icon="play" label={t("resume")} of={t("resume_of", { name: filename })} act={() => queue.resume(transfer)} />
          )}
          {phase.name === "stuck" && <Press icon="retry" label={t("retry")} of={filename} act={() => queue.resume(transfer)} />}
          {(FILELESS.has(phase.name) || phase.name === "unreadable") && (
            <ChooseAgain transfer={transfer} queue={queue} />
          )}
          {phase.name === "expired" && transfer.file && (
            <Press icon="retry" label={t("start_over")} of={filename} act={() => queue.startOver(transfer)} />
          )}
          {phase.name !== "joining" && (
            <Press icon="close" label={t("remove")} of={t("remove_of", { name: filename })} act={() => queue.remove(transfer)} wordless />
          )}
        </span>
      </div>
    </li>
  );
}

interface Button {
  icon: string;
  label: string;
  of: string;
  act: () => void;
  wordless?: boolean;
}

function Press({ icon, label, of, act, wordless }: Button) {
  return (
    <button type="button" class={wordless ? "round" : "btn btn-quiet"} aria-label={of} title={label} onClick={act}>
      <Icon name={icon} />
      {!wordless && label}
    </button>
  );
}

function ChooseAgain({ transfer, queue }: { transfer: Transfer; queue: Queue }) {
  return (
    <label class="btn btn-plain">
      {t("choose_again")}
      <input
        class="hidden-words"
        type="file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) queue.choose(transfer, file);
        }}
      />
    </label>
  );
}
