// SPDX-License-Identifier: LGPL-2.1-or-later
// The picture that a participant sends: a plain colour, a marker that moves, and along the bottom the
// number of the frame in black and white blocks, least significant bit at the left between two
// blocks that are always white and black.

export const BITS = 16;

// Reads the number of a frame back. `luma(x, y)` takes fractions of the picture's size.
export function readNumber(luma) {
  const block = (i) => luma((i + 0.5) / (BITS + 2), 0.95) > 128;
  if (!block(0) || block(BITS + 1)) return null;
  let number = 0;
  for (let i = 0; i < BITS; i++) if (block(i + 1)) number |= 1 << i;
  return number;
}

// Draws at `fps` into a canvas; `flashing()` says whether the whole picture is white instead.
export class Picture {
  constructor({ width, height, fps, colour, flashing = () => false }) {
    this.canvas = document.createElement("canvas");
    Object.assign(this.canvas, { width, height });
    this.context = this.canvas.getContext("2d");
    this.colour = colour;
    this.flashing = flashing;
    this.number = 0;
    this.draw();
    this.timer = setInterval(() => this.draw(), 1000 / fps);
    this.stream = this.canvas.captureStream(fps);
  }

  draw() {
    const { context, canvas: { width, height } } = this;
    context.fillStyle = this.flashing() ? "#fff" : this.colour;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#888";
    context.fillRect((this.number * width) / 90 % width, height * 0.1, width / 16, height * 0.1);
    const block = width / (BITS + 2);
    for (let i = 0; i < BITS + 2; i++) {
      const white = i === 0 || (i <= BITS && (this.number >> (i - 1)) & 1);
      context.fillStyle = white ? "#fff" : "#000";
      context.fillRect(i * block, height * 0.9, block + 1, height * 0.1);
    }
    this.number = (this.number + 1) % (1 << BITS);
  }

  freeze() {
    clearInterval(this.timer);
  }
}
