/** In words: what is on the server, what is only here yet, and why. */
import type { Book } from "./book";
import { t } from "./words";

export function LineWords({ book }: { book: Book }) {
  const { line, pending } = book;
  const words = {
    sent: t("line_sent"),
    waiting: t("line_waiting", { n: pending }),
    sending: t("line_sending", { n: pending }),
    cut: t("line_cut", { n: pending }),
    refused: book.problem || t("line_refused"),
    signed_out: t("line_signed_out", { n: pending }),
  }[line];
  const tone = line === "sent" ? "ok" : line === "sending" || line === "waiting" ? "" : "warn";
  return (
    <p class="observe-line" role="status">
      <span class={`state${tone ? ` state-${tone}` : ""}`} data-line={line}>{words}</span>
      {!book.isLasting && <span class="state state-warn">{t("not_lasting")}</span>}
      {line === "signed_out" && <a class="btn btn-quiet" href="/sign-in">{t("sign_in")}</a>}
    </p>
  );
}
