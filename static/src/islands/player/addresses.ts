/**
 * Today's addresses of a recording: signed ones live an hour, so they are asked for again before
 * that, and at once when the storage refuses one. Everything that opens an address goes through here.
 */
import { api, ApiError } from "../../shared/api";
import { besideMaster, labelsOf, MASTER, nameMaster, nameMedia, placeOf, playlistName, type Place } from "./playlists";
import type { Inline, Media, Resource } from "./types";

/** Renewed after this: an hour less the longest download of one piece on a thin line. */
export const FRESH_MS = 50 * 60 * 1000;

/** What storage and hub answer when a signed address or a token is too old or no longer right. */
export const REFUSED: readonly number[] = [401, 403, 410];

export interface AddressEvents {
  onRenewed(resource: Resource): void;
  /** The hub gives no more addresses: signed out, taken down, no longer open to this person. */
  onRefused(error: ApiError): void;
}

export class Addresses {
  /** Why the hub gave none when it was last asked; null while it does, and while it only could not be reached. */
  refusal: ApiError | null = null;
  private asking: Promise<Resource> | null = null;
  private got = Date.now();
  /** Playlists by our names: they never change, only the addresses in them did. */
  private readonly texts = new Map<string, string>();
  private readonly coming = new Map<string, Promise<string>>();

  constructor(
    private readonly source: string,
    public resource: Resource,
    private readonly events: AddressEvents,
    inline: Inline | null = null,
  ) {
    if (inline?.master) this.texts.set(MASTER, nameMaster(inline.master));
    for (const [label, text] of Object.entries(inline?.playlists ?? {})) {
      this.texts.set(playlistName(label), nameMedia(text, label));
    }
  }

  get media(): Media | null {
    return this.resource.media;
  }

  get isFresh(): boolean {
    return Date.now() - this.got < FRESH_MS;
  }

  /** Ask again; questions that come meanwhile share the answer. */
  renew(): Promise<Resource> {
    this.asking ??= api<Resource>(this.source)
      .then((resource) => this.renewed(resource), (error: unknown) => this.refused(error))
      .finally(() => (this.asking = null));
    return this.asking;
  }

  async freshen(): Promise<void> {
    if (!this.isFresh) await this.renew();
  }

  /** The address behind one of our names, null when the recording has no such thing. */
  of(place: Place): string | null {
    const media = this.media;
    if (place.kind === "master") return media?.hls ?? null;
    if (place.kind === "playlist") return media?.hls ? besideMaster(media.hls, place.label) : null;
    return media?.renditions.find((one) => one.label === place.label)?.url ?? null;
  }

  textOf(name: string): string | null {
    return this.texts.get(name) ?? null;
  }

  /** Keep a playlist as it came and return it in our names. */
  keep(name: string, text: string): string {
    const place = placeOf(name);
    const named = place?.kind === "playlist" ? nameMedia(text, place.label) : nameMaster(text);
    this.texts.set(name, named);
    return named;
  }

  /** Fetch the master and the lowest rung's playlist ahead of play; a failure shows when playing. */
  async prepare(): Promise<void> {
    try {
      const master = await this.fetched(MASTER);
      const lowest = labelsOf(master.replace(/hub:\/\/playlist\//g, ""))[0];
      if (lowest) await this.fetched(playlistName(lowest));
    } catch {
      // hls.js asks for the same and its errors are told in words.
    }
  }

  /** A playlist that is being fetched ahead, so that nobody asks for it a second time. */
  comingText(name: string): Promise<string> | null {
    return this.coming.get(name) ?? null;
  }

  /** Read a text of the recording from where `pick` finds it today; a refused address is renewed once. */
  async read(pick: () => string | null | undefined): Promise<{ text: string; from: string }> {
    await this.freshen();
    let { from, reply } = await opened(pick());
    if (REFUSED.includes(reply.status)) {
      await this.renew();
      ({ from, reply } = await opened(pick()));
    }
    if (!reply.ok) throw new ApiError(from, reply.status, "not_read");
    return { text: await reply.text(), from };
  }

  private renewed(resource: Resource): Resource {
    this.resource = resource;
    this.got = Date.now();
    this.refusal = null;
    this.events.onRenewed(resource);
    return resource;
  }

  private refused(error: unknown): never {
    if (error instanceof ApiError && !error.isPassing) {
      this.refusal = error;
      this.events.onRefused(error);
    }
    throw error;
  }

  private fetched(name: string): Promise<string> {
    const known = this.textOf(name);
    if (known !== null) return Promise.resolve(known);
    const asked = this.coming.get(name) ?? this.fetchText(name).finally(() => this.coming.delete(name));
    this.coming.set(name, asked);
    return asked;
  }

  private async fetchText(name: string): Promise<string> {
    const place = placeOf(name);
    const { text } = await this.read(() => place && this.of(place));
    return this.keep(name, text);
  }
}

async function opened(address: string | null | undefined): Promise<{ from: string; reply: Response }> {
  if (!address) throw new ApiError("", 404, "no_address");
  const from = new URL(address, location.href).href;
  return { from, reply: await fetch(from, { credentials: "same-origin" }) };
}
