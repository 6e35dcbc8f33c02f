/** A picture of the camera every few seconds, where the line carries no moving one: about 8 kB. */

const WIDTH = 320;
const QUALITY = 0.55;

let video: HTMLVideoElement | null = null;

/** Take a picture of a camera and send it over these channels; a channel with much waiting is passed over. */
export async function sendStill(camera: MediaStreamTrack, channels: RTCDataChannel[], width = WIDTH): Promise<void> {
  const picture = await pictureOf(camera, width);
  if (!picture) return;
  const bytes = await picture.arrayBuffer();
  for (const channel of channels) {
    if (channel.readyState === "open" && channel.bufferedAmount < bytes.byteLength) channel.send(bytes);
  }
}

/** What came over a channel as a picture to show; it is only ever shown as an image. */
export function stillOf(bytes: ArrayBuffer): Blob {
  return new Blob([bytes], { type: "image/jpeg" });
}

async function pictureOf(camera: MediaStreamTrack, width: number): Promise<Blob | null> {
  video ??= document.createElement("video");
  video.muted = true;
  const shown = video.srcObject as MediaStream | null;
  if (shown?.getVideoTracks()[0] !== camera) {
    video.srcObject = new MediaStream([camera]);
    await video.play().catch(() => undefined);
  }
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = Math.round((width * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
