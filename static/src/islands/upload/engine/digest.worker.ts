/**
 * MD5 of slices of a file, off the page's thread so that an old PC stays responsive.
 * Reads two megabytes at a time: a part is never whole in memory here. Plain JavaScript instead of
 * WebAssembly, which the content security policy of Chrome 87 would refuse.
 */
import SparkMD5 from "spark-md5";

const PIECE = 2 << 20;

interface Order {
  ticket: number;
  blob: Blob;
}

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<Order>) => {
  const { ticket, blob } = event.data;
  md5(blob).then(
    (digest) => scope.postMessage({ ticket, digest }),
    () => scope.postMessage({ ticket, digest: null }),
  );
};

async function md5(blob: Blob): Promise<string> {
  const hash = new SparkMD5.ArrayBuffer();
  for (let at = 0; at < blob.size; at += PIECE) {
    hash.append(await blob.slice(at, at + PIECE).arrayBuffer());
  }
  return hash.end();
}
