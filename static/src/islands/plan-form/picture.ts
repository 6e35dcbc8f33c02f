/** Sends one picture straight to the store and returns its asset; it belongs to no draft's list of files. */
import { ApiError, api } from "../../shared/api";
import { t } from "./words";

const LARGEST_BYTES = 8 * 1024 * 1024;

interface Begun {
  id: string;
  part_size: number;
  parts: { number: number; url: string }[];
}

export async function sendPicture(file: File): Promise<string> {
  if (!/^image\/(png|jpeg|gif|webp|bmp)$/.test(file.type)) throw new Error(t("picture_kind"));
  if (file.size > LARGEST_BYTES) throw new Error(t("picture_large"));
  const begun = await api<Begun>("/api/v1/uploads", { method: "POST", body: { filename: file.name, size: file.size } });
  const parts: { number: number; etag: string }[] = [];
  for (const part of begun.parts) {
    const from = (part.number - 1) * begun.part_size;
    const sent = await fetch(part.url, { method: "PUT", body: file.slice(from, from + begun.part_size) });
    if (!sent.ok) throw new ApiError(t("picture_lost"), sent.status, "put");
    parts.push({ number: part.number, etag: sent.headers.get("ETag") ?? "" });
  }
  const { asset_id } = await api<{ asset_id: string }>(`/api/v1/uploads/${begun.id}/finish`, { method: "POST", body: { parts } });
  return asset_id;
}
