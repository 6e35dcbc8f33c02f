/**
 * What the upload API says (docs: contract for automation), and the five requests of an upload.
 * Bytes never pass here: they go straight to storage (put.ts).
 */
import { api } from "../../../shared/api";

export interface PartAddress {
  number: number;
  url: string;
}

export interface StoredPart {
  number: number;
  size: number;
  etag: string;
}

export type UploadState = "opening" | "open" | "finishing" | "finished" | "refused" | "abandoned";

export interface StoredUpload {
  id: string;
  filename: string;
  size: number;
  part_size: number;
  state: UploadState;
  message: string | null;
  expires_at: string;
  parts: StoredPart[];
}

export interface Opened {
  id: string;
  part_size: number;
  parts: PartAddress[];
}

export const openUpload = (filename: string, size: number, draftId: string): Promise<Opened> =>
  api("/api/v1/uploads", { method: "POST", body: { filename, size, draft_id: draftId } });

export const askAddresses = async (id: string, numbers: number[]): Promise<PartAddress[]> =>
  (await api<{ parts: PartAddress[] }>(`/api/v1/uploads/${id}/parts`, { method: "POST", body: { numbers } })).parts;

export const readUpload = (id: string): Promise<StoredUpload> => api(`/api/v1/uploads/${id}`);

export const finishUpload = (id: string, parts: { number: number; etag: string }[]): Promise<unknown> =>
  api(`/api/v1/uploads/${id}/finish`, { method: "POST", body: { parts } });

export const leaveOut = (draftId: string, id: string): Promise<unknown> =>
  api(`/api/v1/drafts/${draftId}/uploads/${id}`, { method: "DELETE", keepalive: true });

export const abandonUpload = (id: string): Promise<unknown> =>
  api(`/api/v1/uploads/${id}`, { method: "DELETE", keepalive: true });
