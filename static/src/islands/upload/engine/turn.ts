/**
 * One window at a time sends a given upload: browsers that have Web Locks (secure origins only)
 * let a second window wait and watch. Without them both send, which wastes bytes but harms nothing.
 */

/** Run `work` while holding the upload's lock; `onWait` is told when another window has it. */
export async function inTurn(
  uploadId: string,
  signal: AbortSignal,
  onWait: () => void,
  work: () => Promise<void>,
): Promise<void> {
  if (!("locks" in navigator)) return work();
  const name = `hub-upload:${uploadId}`;
  let ran = false;
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    ran = true;
    await work();
  });
  if (ran || signal.aborted) return;
  onWait();
  await navigator.locks.request(name, { signal }, work);
}
