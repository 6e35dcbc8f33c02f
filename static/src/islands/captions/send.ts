/** Sends one caption file as a form. */
import { api, ApiError } from "../../shared/api";

export const LARGEST_BYTES = 2 * 1024 * 1024;

export interface Caption {
  id: string;
  label: string;
  lang: string;
  is_automatic?: boolean;
  url?: string;
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
  try {
    return await api<Caption>(`/api/v1/assets/${encodeURIComponent(assetId)}/captions`, { method: "POST", body: form });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const own = { unreachable: words.unreachable, broken_reply: words.broken }[error.code];
    throw new ApiError(own ?? error.fields["file"] ?? error.message, error.status, error.code, error.fields, error.requestId);
  }
}
