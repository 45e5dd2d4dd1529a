// SPDX-License-Identifier: LGPL-2.1-or-later
// What is in a file, found by decoding it with ffmpeg.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BITS, readNumber } from "./page/picture.js";

const run = promisify(execFile);
const most = 1 << 30;
const rate = 48000;

// A blue picture with the number of each frame, 320x180 at 15 fps, and a tone of 660 Hz.
export function makeClip(file, { seconds = 10, encoder = ["libvpx", "-deadline", "realtime"] } = {}) {
  const block = `floor(X*${BITS + 2}/W)`;
  const bit = `if(eq(${block},0),1,if(eq(${block},${BITS + 1}),0,mod(floor(N/pow(2,${block}-1)),2)))`;
  const numbered = `geq=lum='if(lt(Y,H*0.9),lum(X,Y),16+219*${bit})':` +
    "cb='if(lt(Y,H*0.9),cb(X,Y),128)':cr='if(lt(Y,H*0.9),cr(X,Y),128)'";
  return run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", `color=blue:s=320x180:r=15:d=${seconds},${numbered}`,
    "-f", "lavfi", "-i", `sine=f=660:d=${seconds}`, "-pix_fmt", "yuv420p", "-b:v", "500k", "-g", "15",
    "-c:v", ...encoder, "-c:a", "libopus", file]);
}

// The tracks: kind, codec, width, height, packets, and the times in seconds of each packet.
export async function tracks(file) {
  const { stdout } = await run("ffprobe", ["-v", "error", "-print_format", "json", "-show_streams",
    "-show_packets", "-show_entries", "packet=stream_index,pts_time", file], { maxBuffer: most });
  const { streams, packets } = JSON.parse(stdout);
  return streams.map((stream) => {
    const times = packets.filter((packet) => packet.stream_index === stream.index)
      .map((packet) => Number(packet.pts_time)).sort((a, b) => a - b);
    return {
      kind: stream.codec_type, codec: stream.codec_name, width: stream.width, height: stream.height,
      packets: times.length, times, start: times[0], duration: times.at(-1) - times[0],
    };
  });
}

// The longest time between two neighbours, in seconds.
export function longestGap(times) {
  return times.slice(1).reduce((longest, time, i) => Math.max(longest, time - times[i]), 0);
}

// Each decoded frame, small: when it is to be seen, and its colour at a place (fractions of its size).
export async function pictures(file, index = 0) {
  const [width, height] = [160, 90];
  const { times } = (await tracks(file)).filter((track) => track.kind === "video")[index];
  const { stdout } = await run("ffmpeg", ["-v", "error", "-i", file, "-map", `0:v:${index}`, "-vf",
    `scale=${width}:${height}`, "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
  { maxBuffer: most, encoding: "buffer" });
  const size = 3 * width * height;
  const place = (x, y) => 3 * (Math.floor(y * height) * width + Math.floor(x * width));
  return Array.from({ length: stdout.length / size }, (_, i) => {
    const frame = stdout.subarray(i * size, (i + 1) * size);
    return { time: times[i], at: (x, y) => [...frame.subarray(place(x, y), place(x, y) + 3)] };
  });
}

// Each decoded frame: its colour in the middle and the number that was drawn into it.
export async function frames(file, index = 0) {
  return (await pictures(file, index)).map(({ at }) => (
    { colour: at(0.5, 0.5), number: readNumber((x, y) => at(x, y)[1]) }));
}

// Samples of -1..1 at 48 kHz, from the first to the last: where packets are missing there is silence.
export async function samples(file, index = 0) {
  const { stdout } = await run("ffmpeg", ["-v", "error", "-i", file, "-map", `0:a:${index}`, "-af",
    "aresample=async=1", "-ac", "1", "-ar", String(rate), "-f", "f32le", "-"], { maxBuffer: most, encoding: "buffer" });
  const bytes = new Uint8Array(stdout);
  return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
}

// How much of the sound's power is at `frequency`, 0 to 1 (Goertzel's algorithm over half a second).
export function share(sound, frequency, from = 0) {
  const part = sound.subarray(from, from + rate / 2);
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let [before, last, power] = [0, 0, 0];
  for (const sample of part) {
    [before, last] = [last, sample + turn * last - before];
    power += sample * sample;
  }
  const found = last * last + before * before - turn * last * before;
  return power ? (2 * found) / (part.length * power) : 0;
}

// The longest stretch below `level`, in seconds.
export function longestSilence(sound, level = 0.02) {
  let [longest, current] = [0, 0];
  for (const sample of sound) {
    current = Math.abs(sample) < level ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest / rate;
}

// Pictures of the file, side by side, as one PNG.
export function contactSheet(file, png, { columns = 4, rows = 2, every = 0.5 } = {}) {
  return run("ffmpeg", ["-v", "error", "-y", "-i", file, "-vf",
    `fps=1/${every},scale=240:-1,tile=${columns}x${rows}`, "-frames:v", "1", png]);
}
