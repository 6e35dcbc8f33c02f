/** Turn the draft into a resource, once, however often the answer is lost on the way. */
import { ApiError, api, persist } from "../../shared/api";
import type { Draft, Fields } from "./draft";
import type { Queue } from "./engine/queue";
import { splitKeywords } from "./suggest";

/** Returns the id of the resource; raises ApiError with the server's words for each field. */
export async function publish(draft: Draft, queue: Queue, values: Fields): Promise<string> {
  const draftId = await persist(() => draft.open(), new AbortController().signal);
  await draft.save();
  queue.carryOutRemovals();
  const body = {
    title: values.title.trim(),
    kind: values.kind,
    upload_ids: queue.transfers.map((transfer) => transfer.id),
    node: values.node_id || null,
    licence: values.licence,
    summary: values.summary.trim(),
    keywords: splitKeywords(values.keywords),
    author_name: values.author_name.trim(),
    third_party: values.third_party.trim(),
    village_fit: values.village_fit || null,
    audience: values.audience || null,
    difficulty: values.difficulty ? Number(values.difficulty) : null,
    literacies: splitKeywords(values.literacies, 12),
    change_note: values.change_note.trim(),
    draft_id: draftId,
  };
  const send = (): Promise<{ id: string }> =>
    api("/api/v1/resources", { method: "POST", body, idempotencyKey: draftId });
  try {
    const { id } = await persist(send, new AbortController().signal);
    draft.finish();
    return id;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "idempotency_conflict") throw error;
    // An earlier press was answered, but the answer was lost: that resource is the one.
    const known = await draft.read();
    if (!known?.resource_id) throw error;
    draft.finish();
    return known.resource_id;
  }
}
