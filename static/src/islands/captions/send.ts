/** Sends one caption file as a form: the only request of the islands that is not JSON. */
import { ApiError } from "../../shared/api";

export const LARGEST_BYTES = 2 * 1024 * 1024;

export interface Caption {
  id: string;
  label: string;
  lang: string;
  url?: string;
}

interface Reply {
  ok: boolean;
  data?: Caption;
  error?: { code: string; message: string; fields?: Record<string, string> | null; request_id?: string | null };
}

/** Return the captions as kept; raises ApiError with the server's words, or `words` when there are none. */
export async function sendCaptions(
  assetId: string,
  file: File,
  language: string,
  label: string,
  words: { unreachable: string; broken: string },
): Promise<Caption> {
  const form = new FormData();
  form.append("file", file, file.name);
  form.append("language", language);
  form.append("label", label);
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  const reply = await fetch(`/api/v1/assets/${encodeURIComponent(assetId)}/captions`, {
    method: "POST", body: form, credentials: "same-origin", headers: { Accept: "application/json", "X-CSRF-Token": token },
  }).catch(() => {
    throw new ApiError(words.unreachable, 0, "unreachable");
  });
  const read = (await reply.json().catch(() => null)) as Reply | null;
  if (read?.ok && read.data) return read.data;
  if (!read?.error) throw new ApiError(words.broken, reply.status, "broken_reply");
  const { code, message, fields, request_id } = read.error;
  throw new ApiError(fields?.["file"] ?? message, reply.status, code, fields ?? {}, request_id ?? null);
}
