/**
 * The loader hls.js uses: turns our names into today's addresses, answers known playlists without
 * the network, and on a refused address asks for a new one and tries once more by itself.
 */
import type { HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration, LoaderContext, LoaderStats } from "hls.js";
import { REFUSED, type Addresses } from "./addresses";
import { placeOf } from "./playlists";

type Kind = HlsConfig["loader"];

export function renewingLoader(Inner: Kind, addresses: Addresses): Kind {
  return class RenewingLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    readonly stats: LoaderStats;
    private inner: Loader<LoaderContext>;
    private isOver = false;

    constructor(private readonly config: HlsConfig) {
      this.inner = new Inner(config);
      this.stats = this.inner.stats;
    }

    load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      this.context = context;
      const known = addresses.textOf(context.url);
      if (known !== null) {
        this.answer(known, context, callbacks);
        return;
      }
      const coming = addresses.comingText(context.url);
      if (coming !== null) {
        const go = (): void => void (this.isOver || this.load(context, config, callbacks));
        coming.then(go, go);
        return;
      }
      if (addresses.isFresh) this.ask(context, config, callbacks, true);
      else this.renewThenAsk(context, config, callbacks, { code: 0, text: "" });
    }

    abort(): void {
      this.isOver = true;
      this.inner.abort();
    }

    destroy(): void {
      this.isOver = true;
      this.inner.destroy();
    }

    getCacheAge(): number | null {
      return this.inner.getCacheAge?.() ?? null;
    }

    getResponseHeader(name: string): string | null {
      return this.inner.getResponseHeader?.(name) ?? null;
    }

    private answer(text: string, context: LoaderContext, callbacks: LoaderCallbacks<LoaderContext>): void {
      const now = performance.now();
      this.stats.loading = { start: now, first: now, end: now };
      this.stats.loaded = this.stats.total = text.length;
      // hls.js expects its answer after load() has returned.
      void Promise.resolve().then(() => {
        if (!this.isOver) callbacks.onSuccess({ url: context.url, data: text, code: 200 }, this.stats, context, null);
      });
    }

    private ask(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
      mayRenew: boolean,
    ): void {
      const place = placeOf(context.url);
      const url = place ? addresses.of(place) : context.url;
      if (url === null) {
        callbacks.onError({ code: 404, text: context.url }, context, null, this.stats);
        return;
      }
      this.inner.load({ ...context, url }, config, {
        ...callbacks,
        onSuccess: (response, stats, _asked, network) => {
          const isText = place !== null && place.kind !== "object" && typeof response.data === "string";
          const data = isText ? addresses.keep(context.url, response.data as string) : response.data;
          callbacks.onSuccess({ ...response, url: context.url, data: data as string }, stats, context, network);
        },
        onError: (error, _asked, network, stats) => {
          if (mayRenew && REFUSED.includes(error.code)) this.renewThenAsk(context, config, callbacks, error);
          else callbacks.onError(error, context, network, stats);
        },
        onTimeout: (stats, _asked, network) => callbacks.onTimeout(stats, context, network),
        onAbort: (stats, _asked, network) => callbacks.onAbort?.(stats, context, network),
        onProgress: (stats, _asked, data, network) => callbacks.onProgress?.(stats, context, data, network),
      });
    }

    private renewThenAsk(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
      error: { code: number; text: string },
    ): void {
      addresses.renew().then(
        () => {
          if (this.isOver) return;
          // A loader of hls.js serves one request; the figures stay in the object hls.js holds.
          this.inner.destroy();
          this.inner = new Inner(this.config);
          // It tells a used one by its start time, so the clock begins anew.
          this.stats.loading = { start: 0, first: 0, end: 0 };
          this.stats.aborted = false;
          this.inner.stats = this.stats;
          this.ask(context, config, callbacks, false);
        },
        () => {
          if (!this.isOver) callbacks.onError(error, context, null, this.stats);
        },
      );
    }
  };
}
