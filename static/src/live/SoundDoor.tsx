/** When the browser lets no sound out before somebody touched the page: one large button, nothing else. */
import { t } from "./words";

export function SoundDoor({ onOpen }: { onOpen: () => void }) {
  return (
    <div class="sound-door" role="dialog" aria-modal="true" aria-label={t("open_sound")}>
      <button type="button" class="sound-button" autoFocus onClick={onOpen}>{t("open_sound")}</button>
      <p>{t("open_sound_why")}</p>
    </div>
  );
}
