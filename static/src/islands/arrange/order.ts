/** Where things stand after a move. Pure. */

/** Return `order` with `id` put before `before`, or at the end for `null`; unchanged for what is not there. */
export function putBefore(order: readonly string[], id: string, before: string | null): string[] {
  if (!order.includes(id) || id === before) return [...order];
  const rest = order.filter((one) => one !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at < 0 ? [...order] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** Return `order` with `id` one place further up or down; at the end nothing moves. */
export function step(order: readonly string[], id: string, by: -1 | 1): string[] {
  const at = order.indexOf(id);
  const other = order[at + by];
  if (at < 0 || other === undefined) return [...order];
  const next = [...order];
  next[at] = other;
  next[at + by] = id;
  return next;
}
