/**
 * The one way islands talk to our JSON API: unwraps `{ok, data}`, raises the server's own words as
 * `ApiError`, carries the CSRF token, and knows how long to wait before trying again.
 *
 * Never show "something went wrong": show `error.message`, which the server wrote for people.
 */
import { t } from "./i18n";

export class ApiError extends Error {
  constructor(
    override readonly message: string,
    readonly status: number,
    readonly code: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly requestId: string | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** True when the same request may succeed later without anyone changing anything. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface Reply {
  ok: boolean;
  data?: unknown;
  error?: {
    code: string;
    message: string;
    fields?: Record<string, string> | null;
    request_id?: string | null;
    retry_after?: number | null;
  };
}

export interface Ask {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON; a form, with its files, as a form; bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Let the request outlive the page (leaving, closing the tab). */
  keepalive?: boolean;
  idempotencyKey?: string;
}

let token: string | null = null;

/** The token that a request needs which this module does not send. */
export function csrfToken(): string {
  token ??= document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return token;
}

/** Read a new token from the server: signing in again in another window made ours stale. */
export async function renewToken(): Promise<void> {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const found = /<meta name="csrf-token" content="([^"]*)"/.exec(await page.text());
  if (found?.[1] !== undefined) token = found[1];
}

/** Send one request; returns `data` or raises `ApiError` (status 0: nothing was reached). */
export async function api<Data>(path: string, ask: Ask = {}): Promise<Data> {
  try {
    return await send<Data>(path, ask);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "csrf" || ask.keepalive) throw error;
    // Signed in again in another window: refused before anything was done, so the same may be sent once more.
    await renewToken();
    return send<Data>(path, ask);
  }
}

async function send<Data>(path: string, ask: Ask): Promise<Data> {
  const method = ask.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", ...ask.headers };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  const isPlain = ask.body instanceof FormData || ask.body instanceof Blob;
  if (ask.body !== undefined && !isPlain) headers["Content-Type"] = "application/json";
  if (ask.idempotencyKey) headers["Idempotency-Key"] = ask.idempotencyKey;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (ask.body !== undefined) init.body = isPlain ? (ask.body as FormData | Blob) : JSON.stringify(ask.body);
  if (ask.signal) init.signal = ask.signal;
  if (ask.keepalive) init.keepalive = true;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (ask.signal?.aborted) throw error;
    throw new ApiError(navigator.onLine ? t("unreachable") : t("offline"), 0, "unreachable");
  }
  return unwrap<Data>(response);
}

async function unwrap<Data>(response: Response): Promise<Data> {
  let reply: Reply | null = null;
  try {
    reply = (await response.json()) as Reply;
  } catch {
    reply = null;
  }
  if (reply?.ok) return reply.data as Data;
  const header = Number(response.headers.get("Retry-After"));
  const after = reply?.error?.retry_after ?? (header > 0 ? header : null);
  if (!reply?.error) {
    // A proxy page or a cut reply: nothing of ours answered, so it counts as passing.
    const status = response.status < 400 ? 502 : response.status;
    throw new ApiError(t("broken_reply"), status, "broken_reply", {}, null, after);
  }
  const { code, message, fields, request_id } = reply.error;
  throw new ApiError(message, response.status, code, fields ?? {}, request_id ?? null, after);
}

/** Seconds to wait before try `attempt` (1, 2, …): 1, 2, 4 … 30, spread by a fifth. */
export function backOff(attempt: number, retryAfterS: number | null = null, random = Math.random()): number {
  const base = Math.min(30, 2 ** Math.max(0, attempt - 1));
  return Math.max(retryAfterS ?? 0, base) * (0.9 + random * 0.2);
}

/** Wait `seconds`; cut short when the network comes back or `signal` is aborted. */
export function rest(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/** Repeat `attempt` through passing failures, telling `onWait` why and for how long. */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal,
  onWait: (error: ApiError, seconds: number) => void = () => undefined,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiError) || !error.isPassing) throw error;
      const seconds = backOff(tries, error.retryAfterS);
      onWait(error, seconds);
      await rest(seconds, signal);
      if (signal.aborted) throw error;
    }
  }
}

/**
 * Repeat `attempt` as `persist` does, and through an ended sign-in too: what was written stays here until its
 * writer is back. A wait that `signal` cuts short leaves one more attempt.
 */
export async function persistDraft<Result>(attempt: () => Promise<Result>, signal: AbortSignal, onWait: () => void): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiError)) throw error;
      const isStale = error.status === 401 || error.code === "csrf";
      if (!error.isPassing && !isStale) throw error;
      onWait();
      await rest(backOff(tries, error.retryAfterS), signal);
      if (isStale) await renewToken().catch(() => undefined);
    }
  }
}

/** Who is signed in, as the page says: a school computer is shared, what was not sent yet is not. */
export function person(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content ?? "";
}
