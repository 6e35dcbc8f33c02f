/** Making the page a program of the device's own, that opens when it is switched on; gone once it is one. */
import { useEffect, useState } from "preact/hooks";
import { t } from "./words";

interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const isProgram = (): boolean => window.matchMedia("(display-mode: fullscreen), (display-mode: standalone)").matches;

export function Install() {
  const [offered, offer] = useState<InstallPrompt | null>(null);
  const [isDone, done] = useState(false);
  useEffect(() => {
    const take = (event: Event): void => {
      event.preventDefault();
      offer(event as InstallPrompt);
    };
    const installed = (): void => done(true);
    addEventListener("beforeinstallprompt", take);
    addEventListener("appinstalled", installed);
    return () => {
      removeEventListener("beforeinstallprompt", take);
      removeEventListener("appinstalled", installed);
    };
  }, []);
  if (isProgram()) return null;
  const install = async (): Promise<void> => {
    const { outcome } = await offered!.prompt();
    if (outcome === "accepted") done(true);
    offer(null);
  };
  return (
    <div class="day-install">
      {offered && !isDone && <button type="button" class="btn btn-plain" onClick={() => void install()}>{t("install")}</button>}
      {isDone && <p class="state state-ok">{t("installed")}</p>}
      <p>{t(offered || isDone ? "install_why" : "install_by_menu")} {t(startWord(navigator.userAgent))}</p>
    </div>
  );
}

function startWord(agent: string): "start_windows" | "start_android" | "start_other" {
  if (agent.includes("Windows")) return "start_windows";
  return agent.includes("Android") ? "start_android" : "start_other";
}
