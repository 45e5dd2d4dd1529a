// SPDX-License-Identifier: LGPL-2.1-or-later
// What a participant receives, judged by decoding: colours, tones, numbers of frames, the moments of
// flashes and beeps. Everything by performance.now().
import { readNumber } from "./picture.js";

async function each(track, take) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    take(value);
    value.close();
  }
}

export class Eye {
  constructor(track) {
    this.firstFrame = null;
    this.frames = 0;
    this.colour = null; // in the middle
    this.corner = null; // a quarter from the top left
    this.number = null;
    this.flashes = [];
    // When a frame came after a pause, as Date.now(), and how long that was for the sender; in ms.
    this.resumed = [];
    this.numbers = []; // of the last frames, and when each came, as Date.now()
    this.canvas = new OffscreenCanvas(160, 90);
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    each(track, (frame) => this.look(frame));
  }

  look(frame) {
    const now = performance.now();
    this.firstFrame ??= now;
    const { rtpTimestamp } = frame.metadata();
    if (now > this.lastFrame + 300) {
      this.resumed.push({ at: performance.timeOrigin + now, pause: (rtpTimestamp - this.rtpTimestamp) / 90 });
    }
    this.rtpTimestamp = rtpTimestamp;
    this.lastFrame = now;
    this.frames++;
    const { width, height } = this.canvas;
    this.context.drawImage(frame, 0, 0, width, height);
    const { data } = this.context.getImageData(0, 0, width, height);
    const at = (x, y) => 4 * (Math.floor(y * height) * width + Math.floor(x * width));
    const colourAt = (place) => [...data.slice(place, place + 3)];
    this.colour = colourAt(at(0.5, 0.5));
    this.corner = colourAt(at(0.25, 0.25));
    this.number = readNumber((x, y) => data[at(x, y) + 1]);
    this.numbers.push({ number: this.number, at: performance.timeOrigin + now });
    if (this.numbers.length > 300) this.numbers.shift();
    const white = Math.min(...this.colour) > 230;
    if (white && !this.white) this.flashes.push(now);
    this.white = white;
  }
}

export class Ear {
  constructor(context, track) {
    this.stream = new MediaStream([track]);
    // A remote track is decoded only while an element plays it.
    this.element = Object.assign(new Audio(), { srcObject: this.stream, muted: true });
    this.element.play();
    this.analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    this.context = context;
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: this.stream });
    source.connect(this.analyser);
    this.beeps = [];
    this.loudUntil = -Infinity;
    // As the eye reads its frames: what goes through the context comes some 50 ms later.
    each(track, (data) => this.listen(data));
  }

  listen(data) {
    const now = performance.now();
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    if (!samples.some((sample) => Math.abs(sample) > 0.1)) return;
    if (now > this.loudUntil) this.beeps.push(now);
    this.loudUntil = now + 50;
  }

  // The strongest frequency in Hz, null in silence.
  tone() {
    const levels = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(levels);
    const strongest = levels.indexOf(Math.max(...levels));
    if (!(levels[strongest] > -60)) return null;
    return (strongest * this.context.sampleRate) / this.analyser.fftSize;
  }
}
