/**
 * MD5 of a slice of a file, two megabytes at a time: a part is never whole in memory. Plain JavaScript
 * instead of WebAssembly, which the content security policy of Chrome 87 would refuse.
 */
import SparkMD5 from "spark-md5";

const PIECE = 2 << 20;

/** Return 32 hex digits; rejects when the disk no longer gives the bytes. */
export async function md5Of(blob: Blob): Promise<string> {
  const hash = new SparkMD5.ArrayBuffer();
  for (let at = 0; at < blob.size; at += PIECE) {
    hash.append(await blob.slice(at, at + PIECE).arrayBuffer());
  }
  return hash.end();
}
