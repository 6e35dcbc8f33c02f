/** A picture and a sound that are made here, so that a rehearsal needs no camera and no microphone. */

const WIDTH = 1280;
const HEIGHT = 720;
const FPS = 20;
const BLOCK = 40;

export interface Made {
  picture: MediaStreamTrack;
  sound: MediaStreamTrack;
  stop(): void;
}

/** As hard to send as a teacher before a board: much stands still, something always moves. */
export function makeMedia(): Made {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#eee8dc";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  let shown = 0;
  const draw = (): void => {
    shown += 1;
    for (let count = 0; count < 24; count += 1) {
      pen.fillStyle = `hsl(${(shown * 7 + count * 31) % 360},60%,${30 + ((shown + count * 13) % 50)}%)`;
      pen.fillRect(WIDTH / 3 + (((count * 97 + shown * 3) % 12) * BLOCK), (((count * 53 + shown) % 18) * BLOCK), BLOCK, BLOCK);
    }
  };
  draw();
  const timer = setInterval(draw, 1_000 / FPS);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const end = audio.createMediaStreamDestination();
  tone.connect(end);
  tone.start();
  return {
    picture: canvas.captureStream(FPS).getVideoTracks()[0]!,
    sound: end.stream.getAudioTracks()[0]!,
    stop() {
      clearInterval(timer);
      void audio.close();
    },
  };
}
