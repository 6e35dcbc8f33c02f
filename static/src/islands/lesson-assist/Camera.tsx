/** Photos of work on paper: taken with the phone, made small, sent, shown to all teachers of the lesson. */
import { useState } from "preact/hooks";
import { Refused, useLesson } from "../../live/hooks";
import { t } from "../../live/words";
import type { SheetProps } from "./Sheets";

export function Camera({ site, onDone }: SheetProps) {
  const lesson = useLesson();
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const take = async (event: Event): Promise<void> => {
    const field = event.currentTarget as HTMLInputElement;
    const file = field.files?.[0];
    field.value = "";
    if (!file) return;
    setSending(true);
    setProblem("");
    try {
      // Loaded with the first photo: most lessons have none.
      const { sendPhoto } = await import("../../live/camera");
      lesson.act("photo", "photo:add", { site, asset: await sendPhoto(file, t("photo_lost")) });
      onDone();
    } catch (error) {
      setProblem(error instanceof Error && error.message ? error.message : t("photo_lost"));
    } finally {
      setSending(false);
    }
  };
  return (
    <div class="sheet-form">
      <p class="note note-warn">{t("photo_rule")}</p>
      <label class={`btn btn-primary btn-large file-button ${isSending ? "is-busy" : ""}`}>
        <input type="file" class="hidden-words" accept="image/*" capture="environment" disabled={isSending} onChange={(event) => void take(event)} />
        {t(isSending ? "photo_sending" : "photo_take")}
      </label>
      {problem && <p class="refused" role="alert">{problem}</p>}
      <Refused of="photo" />
    </div>
  );
}
