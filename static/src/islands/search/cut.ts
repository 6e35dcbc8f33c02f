/**
 * A picture cut to where the words stand, with the words marked: what a page says is readable in a small frame.
 *
 * Without script, or before the picture came, the picture stands whole.
 */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Share of the page's width that a cut shows: lines of a page are readable, and a slide is seen in half. */
const SHOWN = 0.36;

/** Boxes as the page carries them: "x,y,w,h x,y,w,h", in thousandths. */
export function boxesOf(text: string): Box[] {
  const boxes = text.split(" ").map((one) => one.split(",").map(Number));
  return boxes.filter((box) => box.length === 4 && box.every(Number.isFinite)).map((box) => box as unknown as Box);
}

export interface Cut {
  /** How much larger than the frame the picture is drawn, and where its corner lies, all in shares of the frame. */
  scale: number;
  left: number;
  top: number;
}

/** Where a picture of `ratio` (height by width) goes behind a frame of `frame` so that the first box is in the middle. */
export function cutTo(box: Box, ratio: number, frame: number): Cut {
  // Whole words fit, and no less of the page than its narrow side fills the frame.
  const scale = Math.max(1, frame / ratio, Math.min(1 / SHOWN, 900 / Math.max(1, box[2])));
  const high = (scale * ratio) / frame;
  const middle = (at: number, size: number, whole: number): number => Math.min(0, Math.max(1 - whole, 0.5 - ((at + size / 2) / 1000) * whole));
  return { scale, left: middle(box[0], box[2], scale), top: middle(box[1], box[3], high) };
}

/** Cut every picture of the page that has boxes. */
export function cutAll(root: ParentNode): void {
  for (const frame of root.querySelectorAll<HTMLElement>(".cut[data-boxes]:not(.is-cut)")) {
    const image = frame.querySelector("img");
    if (!image) continue;
    const draw = (): void => cut(frame, image);
    if (image.complete && image.naturalWidth) draw();
    else image.addEventListener("load", draw, { once: true });
  }
}

function cut(frame: HTMLElement, image: HTMLImageElement): void {
  const boxes = boxesOf(frame.dataset["boxes"] ?? "");
  const first = boxes[0];
  if (!first) return;
  frame.classList.add("is-cut");
  const ratio = image.naturalHeight / image.naturalWidth;
  const { scale, left, top } = cutTo(first, ratio, frame.clientHeight / frame.clientWidth);
  const sheet = document.createElement("span");
  sheet.className = "cut-sheet";
  Object.assign(sheet.style, { width: `${scale * 100}%`, left: `${left * 100}%`, top: `${top * 100}%` });
  image.replaceWith(sheet);
  sheet.append(image, ...boxes.map(mark));
}

function mark([x, y, width, height]: Box): HTMLElement {
  const one = document.createElement("span");
  one.className = "word-mark";
  Object.assign(one.style, { left: `${x / 10}%`, top: `${y / 10}%`, width: `${width / 10}%`, height: `${height / 10}%` });
  return one;
}
