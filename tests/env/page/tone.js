// SPDX-License-Identifier: LGPL-2.1-or-later
// The tone that a participant sends: steady, or a beep of 100 ms at each period.

// In ms, as Date.now(), but finer.
export const wallClock = () => performance.timeOrigin + performance.now();

export class Tone {
  constructor(context, { frequency, beepPeriod = 0 }) {
    this.gain = new GainNode(context, { gain: beepPeriod ? 0 : 0.5 });
    this.oscillator = new OscillatorNode(context, { frequency });
    this.destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    this.oscillator.connect(this.gain).connect(this.destination);
    this.oscillator.start();
    this.context = context;
    this.stream = this.destination.stream;
    if (beepPeriod) this.beep(beepPeriod);
  }

  // Beeps start when the clock is at a multiple of the period, as the flashes do.
  beep(period) {
    let next = Math.ceil((wallClock() + 100) / period) * period;
    const plan = () => {
      for (; next < wallClock() + 500; next += period) {
        const at = this.context.currentTime + (next - wallClock()) / 1000;
        this.gain.gain.setValueAtTime(0.5, at);
        this.gain.gain.setValueAtTime(0, at + 0.1);
      }
    };
    plan();
    setInterval(plan, 100);
  }
}
