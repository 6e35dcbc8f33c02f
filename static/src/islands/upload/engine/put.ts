/**
 * One part to storage by a plain PUT. XMLHttpRequest, because fetch cannot tell how far a body
 * has gone; the body is a slice of the file, which the browser streams from the disk.
 */
import { plainEtag } from "./parts";

/**
 * Why a part did not arrive: nothing answered, its address ran out, the upload is gone or joined,
 * storage is busy or down, the disk could not be read.
 */
export type PutTrouble = "network" | "expired" | "gone" | "storage" | "unreadable" | "stopped";

export type PutResult = { ok: true; etag: string } | { ok: false; trouble: PutTrouble };

export interface PutOrder {
  url: string;
  blob: Blob;
  stallS: number;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

export function putPart(order: PutOrder): Promise<PutResult> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let heard = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - heard > order.stallS * 1000) request.abort();
    }, 5000);
    const stop = (): void => request.abort();
    const end = (result: PutResult): void => {
      clearInterval(watch);
      order.signal.removeEventListener("abort", stop);
      resolve(result);
    };
    request.upload.onprogress = (event) => {
      heard = Date.now();
      order.onProgress(event.loaded);
    };
    request.onload = () => end(judge(request));
    request.onerror = () => end({ ok: false, trouble: "network" });
    request.onabort = () => end({ ok: false, trouble: order.signal.aborted ? "stopped" : "network" });
    order.signal.addEventListener("abort", stop);
    if (order.signal.aborted) return end({ ok: false, trouble: "stopped" });
    request.open("PUT", order.url);
    request.send(order.blob);
  });
}

function judge(request: XMLHttpRequest): PutResult {
  const { status } = request;
  if (status >= 200 && status < 300) return { ok: true, etag: plainEtag(request.getResponseHeader("ETag") ?? "") };
  if (status === 403 || status === 400) return { ok: false, trouble: "expired" };
  if (status === 404) return { ok: false, trouble: "gone" };
  return { ok: false, trouble: "storage" };
}
