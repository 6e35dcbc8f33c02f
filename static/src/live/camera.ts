/**
 * A photo of work from a phone: made small enough for a village line, sent like any upload, then told to the lesson.
 *
 * The picture is drawn anew, so that where and with what it was taken does not travel with it.
 */
import { api } from "../shared/api";
import { putPart } from "../islands/upload/engine/put";
import type { Opened } from "../islands/upload/engine/wire";

const LONGEST_SIDE = 1_600;
const QUALITY = 0.8;
const STALL_S = 40;

/** Send a photo and return the id of its file; raises with words for people. */
export async function sendPhoto(file: File, lost: string): Promise<string> {
  const picture = await smaller(file);
  const opened = await api<Opened>("/api/v1/uploads", { method: "POST", body: { filename: "photo.jpg", size: picture.size, draft_id: null } });
  const part = opened.parts[0]!;
  const put = await putPart({ url: part.url, blob: picture, stallS: STALL_S, signal: new AbortController().signal, onProgress: () => undefined });
  if (!put.ok) throw new Error(lost);
  const body = { parts: [{ number: part.number, etag: put.etag }] };
  return (await api<{ asset_id: string }>(`/api/v1/uploads/${opened.id}/finish`, { method: "POST", body })).asset_id;
}

async function smaller(file: File): Promise<Blob> {
  const source = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(source.width * scale);
  canvas.height = Math.round(source.height * scale);
  canvas.getContext("2d")!.drawImage(source, 0, 0, canvas.width, canvas.height);
  source.close();
  return new Promise((resolve, reject) => canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/jpeg", QUALITY));
}
