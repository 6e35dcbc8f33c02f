/** What comes from other rooms, put into the places where pages show them; and the loudspeaker that it comes out of. */

interface Entry {
  places: Set<HTMLElement>;
  stream: MediaStream | null;
  still: string | null;
  isMoving: boolean;
}

interface Arrived {
  stream?: MediaStream | null;
  /** Empty: none any more. */
  still?: string;
  isMoving?: boolean;
}

type Loudspeaker = HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> };

export class Pictures {
  /** The browser lets no sound out until somebody touches the page. */
  isSoundHeld = false;
  private sink = "";
  private readonly shown = new Map<number, Entry>();

  constructor(
    private readonly hasCamera: (site: number) => boolean,
    private readonly tell: () => void,
  ) {}

  show(place: HTMLElement, from: number): () => void {
    const entry = this.entry(from);
    entry.places.add(place);
    this.fill(place, from);
    return () => {
      entry.places.delete(place);
      place.replaceChildren();
      entry.places.forEach((other) => this.fill(other, from));
    };
  }

  put(from: number, what: Arrived): void {
    const entry = this.entry(from);
    if (what.still !== undefined) {
      if (entry.still) URL.revokeObjectURL(entry.still);
      entry.still = what.still || null;
    }
    if (what.stream !== undefined) entry.stream = what.stream;
    if (what.isMoving !== undefined) entry.isMoving = what.isMoving;
    entry.places.forEach((place) => this.fill(place, from));
    this.tell();
  }

  /** Whether sound or picture of a site is there now. */
  has(from: number): boolean {
    return this.shown.get(from)?.stream != null;
  }

  /** Let all sound out of this loudspeaker; empty: the one that the system chose. */
  useSpeaker(id: string): void {
    this.sink = id;
    this.videos().forEach((video) => this.connect(video));
  }

  /** Somebody touched the page: let the sound out. */
  openSound(): void {
    this.isSoundHeld = false;
    this.videos().forEach((video) => void video.play().catch(() => undefined));
    this.tell();
  }

  private videos(): HTMLVideoElement[] {
    return [...this.shown.values()].flatMap(({ places }) => [...places]).flatMap((place) => [...place.querySelectorAll("video")]);
  }

  /** A moving picture where there is one; else the last still, with the sound going on behind it. */
  private fill(place: HTMLElement, from: number): void {
    const { stream, still, places, isMoving } = this.entry(from);
    place.classList.toggle("is-moving", stream !== null && isMoving && this.hasCamera(from));
    let video = place.querySelector("video");
    if (!stream) video?.remove();
    else {
      if (!video) {
        video = document.createElement("video");
        video.playsInline = true;
        video.autoplay = true;
        this.connect(video);
        place.append(video);
      }
      // One loudspeaker for a room: the same class shown twice is heard once.
      video.muted = [...places][0] !== place;
      if (video.srcObject !== stream) {
        video.srcObject = stream;
        void video.play().catch((error) => this.held(error));
      }
    }
    this.fillStill(place, still);
  }

  private fillStill(place: HTMLElement, still: string | null): void {
    let image = place.querySelector("img");
    if (!still) return image?.remove();
    if (!image) {
      image = document.createElement("img");
      image.alt = "";
      place.prepend(image);
    }
    image.src = still;
  }

  private connect(video: Loudspeaker): void {
    // A loudspeaker that is gone: the system's own takes its place.
    void video.setSinkId?.(this.sink).catch(() => undefined);
  }

  private held(error: unknown): void {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    this.isSoundHeld = true;
    this.tell();
  }

  private entry(from: number): Entry {
    let entry = this.shown.get(from);
    if (!entry) this.shown.set(from, (entry = { places: new Set<HTMLElement>(), stream: null, still: null, isMoving: true }));
    return entry;
  }
}
