/** What a microphone hears: how loud it is, and how much of the room's own loudspeaker comes back. */
import { echoOf, type Echo } from "./verdict.ts";

/** Two pitches of a signal that nobody takes for speech, in hertz. */
const PITCHES = [880, 660] as const;
const TONE_S = 0.5;
const VOLUME = 0.25;
const LOOK_MS = 50;

export class Ear {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly wave: Float32Array<ArrayBuffer>;
  private readonly bands: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    this.analyser.fftSize = 2048;
    this.analyser.smoothingTimeConstant = 0;
    this.wave = new Float32Array(this.analyser.fftSize);
    this.bands = new Float32Array(this.analyser.frequencyBinCount);
    this.context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(this.analyser);
    void this.context.resume();
  }

  /** How loud it is now, from 0 to 1. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.wave);
    return Math.sqrt(this.wave.reduce((sum, one) => sum + one * one, 0) / this.wave.length);
  }

  /** Sound two tones and listen how loud each comes back; the echo canceller of the browser is part of the room. */
  async echo(): Promise<Echo> {
    if (this.context.state !== "running") return "unknown";
    const quiet = await this.listen(0.6);
    this.play();
    const toned = await this.listen(PITCHES.length * TONE_S + 0.2);
    const worst = PITCHES.map((_pitch, at) => echoOf(level(quiet, at, 0.5), level(toned, at, 0.75)));
    return (["bad", "some", "good"] as const).find((one) => worst.includes(one)) ?? "unknown";
  }

  close(): void {
    void this.context.close();
  }

  private play(): void {
    const volume = this.context.createGain();
    volume.gain.value = VOLUME;
    volume.connect(this.context.destination);
    PITCHES.forEach((pitch, at) => {
      const tone = this.context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(volume);
      tone.start(this.context.currentTime + at * TONE_S);
      tone.stop(this.context.currentTime + (at + 1) * TONE_S);
    });
  }

  /** The loudness of each pitch every 50 ms, in decibels. */
  private async listen(seconds: number): Promise<number[][]> {
    const heard: number[][] = [];
    const ends = performance.now() + seconds * 1000;
    while (performance.now() < ends) {
      await new Promise((done) => setTimeout(done, LOOK_MS));
      this.analyser.getFloatFrequencyData(this.bands);
      heard.push(PITCHES.map((pitch) => this.bands[Math.round((pitch * this.analyser.fftSize) / this.context.sampleRate)]!));
    }
    return heard;
  }
}

/** The level below which a share of the samples of a pitch lies: a single click does not count. */
function level(samples: number[][], pitch: number, share: number): number | null {
  const found = samples.map((one) => one[pitch]!).sort((one, other) => one - other);
  return found[Math.min(found.length - 1, Math.floor(found.length * share))] ?? null;
}
