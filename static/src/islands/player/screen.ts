/** Full screen and the small window, under the names each browser gives them. */

interface OldElement extends HTMLElement {
  webkitRequestFullscreen?: () => void;
}
interface OldDocument extends Document {
  webkitFullscreenElement?: Element | null;
  webkitExitFullscreen?: () => void;
}
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function isFullscreen(): boolean {
  const page = document as OldDocument;
  return Boolean(page.fullscreenElement ?? page.webkitFullscreenElement);
}

/** Whole player where the browser can; iPhones take the video alone. */
export function toggleFullscreen(root: HTMLElement, video: HTMLVideoElement): void {
  const page = document as OldDocument;
  if (isFullscreen()) {
    if (page.exitFullscreen) void page.exitFullscreen();
    else page.webkitExitFullscreen?.();
    return;
  }
  const whole = root as OldElement;
  if (whole.requestFullscreen) void whole.requestFullscreen().catch(() => undefined);
  else if (whole.webkitRequestFullscreen) whole.webkitRequestFullscreen();
  else (video as PhoneVideo).webkitEnterFullscreen?.();
}

export function canFloat(): boolean {
  return Boolean(document.pictureInPictureEnabled);
}

export function toggleFloat(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture();
  else void video.requestPictureInPicture().catch(() => undefined);
}
