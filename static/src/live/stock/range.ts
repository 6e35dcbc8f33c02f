/** One request for some bytes of a file; what came before a cut is kept like the rest. */
import type { Part } from "./parts";

/** So many bytes are put away at a time: what a browser that dies loses at most. */
const KEPT_AT_ONCE = 64 * 1024;

/** The address ran out, or the file is no part of the stock any more. */
export class AddressOver extends Error {}

type Keep = (from: number, bytes: Uint8Array[]) => Promise<void>;

/** Fetch the bytes of `wanted` and give them to `keep` as they come; raises when not all of them came. */
export async function fetchPart(url: string, wanted: Part, keep: Keep, signal: AbortSignal): Promise<void> {
  const headers = { Range: `bytes=${wanted.from}-${wanted.to - 1}` };
  const response = await fetch(url, { headers, cache: "no-store", credentials: "omit", signal });
  if (response.status === 403 || response.status === 404) throw new AddressOver(String(response.status));
  if (response.status !== 206 || !response.body) throw new Error(`answer ${response.status}`);
  await read(response.body.getReader(), wanted, keep);
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: Part, keep: Keep): Promise<void> {
  let at = wanted.from;
  let waiting: Uint8Array[] = [];
  let count = 0;
  const putAway = async (): Promise<void> => {
    const [from, bytes] = [at, waiting];
    at += count;
    waiting = [];
    count = 0;
    if (bytes.length) await keep(from, bytes);
  };
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      waiting.push(next.value);
      count += next.value.byteLength;
      if (at + count > wanted.to) throw new Error("more came than was asked for");
      if (count >= KEPT_AT_ONCE) await putAway();
    }
  } finally {
    if (at + count <= wanted.to) await putAway();
  }
  if (at < wanted.to) throw new Error("cut");
}
