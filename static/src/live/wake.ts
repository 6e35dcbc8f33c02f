/** Keeps a screen from going dark during a lesson, where the browser can; asked anew when the page is seen again. */
export function keepAwake(): () => void {
  let lock: { release(): Promise<void> } | null = null;
  let isOver = false;
  const ask = (): void => {
    const wake = (navigator as { wakeLock?: { request(kind: "screen"): Promise<{ release(): Promise<void> }> } }).wakeLock;
    if (!wake || document.visibilityState !== "visible") return;
    // Refused on low battery: the screen then does what the computer's settings say.
    wake.request("screen").then((given) => (isOver ? void given.release() : (lock = given)), () => undefined);
  };
  ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release().catch(() => undefined);
  };
}
