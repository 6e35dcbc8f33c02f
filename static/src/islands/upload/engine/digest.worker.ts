/** MD5 of slices of a file, off the page's thread so that an old PC stays responsive. */
import { md5Of } from "./md5";

interface Order {
  ticket: number;
  blob: Blob;
}

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<Order>) => {
  const { ticket, blob } = event.data;
  md5Of(blob).then(
    (digest) => scope.postMessage({ ticket, digest }),
    () => scope.postMessage({ ticket, digest: null }),
  );
};
