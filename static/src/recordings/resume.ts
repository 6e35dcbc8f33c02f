/** Goes on sending what a recorder left on this computer, on whatever page its person opens, and says so in one quiet line. */
import { texts, whenTextsReady } from "../shared/i18n";
import { person } from "../shared/api";
import { sessionsOf } from "./spool";
import { Uploader, type Sending } from "./uploader";
import zh from "./zh.json";

const t = texts(zh, () => import("./en.json"));
const DONE_SHOWN_MS = 8_000;

export async function resumeUpload(): Promise<void> {
  if (!person() || (await sessionsOf(person())).length === 0) return;
  await whenTextsReady();
  const line = document.createElement("p");
  line.className = "spool-line";
  line.setAttribute("role", "status");
  document.body.append(line);
  const uploader = new Uploader({ changed: (sending) => show(line, sending) });
  show(line, uploader.sending);
  await uploader.finish();
  if (uploader.sending.leftS > 0) return;
  line.textContent = t("left_done");
  setTimeout(() => line.remove(), DONE_SHOWN_MS);
}

/** What is being sent, in words. */
export function sendingWords({ leftS, trouble }: Sending): string {
  if (trouble) return t("left_trouble", { message: trouble });
  return leftS >= 60 ? t("left_minutes", { n: Math.ceil(leftS / 60) }) : t("left_soon");
}

function show(line: HTMLElement, sending: Sending): void {
  const words = sendingWords(sending);
  if (line.textContent !== words) line.textContent = words;
}
