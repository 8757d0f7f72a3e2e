import type { Kernel } from './kernel.ts';

/** Real time, as the host has it. */
export interface WallClock {
  /** Milliseconds from any origin; never goes back. */
  now(): number;
  /** Calls `task` after so many milliseconds, 0 as soon as other work of the host had its turn. */
  wait(milliseconds: number, task: () => void): { cancel(): void };
}

/** The longest that the host's thread is kept at once, in milliseconds of real time. */
const SLICE = 8;
/** Simulated time is not caught up with beyond this: a laptop that slept for a night wakes to the moment it fell asleep. */
const LONGEST_STEP = 1_000;
const IDLE = 1_000;

/** Lets a kernel's time pass as real time does, faster, slower, or not at all, in slices that leave the host its thread. */
export class Pacer {
  readonly #kernel: Kernel;
  readonly #wall: WallClock;
  #speed: number;
  #waiting: { cancel(): void } | undefined;
  #last: number | undefined;

  /** It stands still until `start`. */
  constructor(kernel: Kernel, wall: WallClock, speed = 1) {
    this.#kernel = kernel;
    this.#wall = wall;
    this.#speed = checked(speed);
  }

  /** Simulated milliseconds to one of real time. */
  get speed(): number {
    return this.#speed;
  }

  get isRunning(): boolean {
    return this.#last !== undefined;
  }

  setSpeed(speed: number): void {
    this.#speed = checked(speed);
    if (this.isRunning) this.poke();
  }

  start(): void {
    if (this.isRunning) return;
    this.#last = this.#wall.now();
    this.poke();
  }

  /** Simulated time stops; what is ready waits. */
  stop(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
    this.#last = undefined;
  }

  /** Something was scheduled from outside: it must not wait for the next timer. */
  poke(): void {
    if (!this.isRunning) return;
    this.#waiting?.cancel();
    this.#waiting = this.#wall.wait(0, () => this.#slice());
  }

  #slice(): void {
    const begin = this.#wall.now();
    const passed = Math.min(LONGEST_STEP, begin - (this.#last ?? begin));
    this.#last = begin;
    const done = this.#kernel.runFor(passed * this.#speed, {
      isEnough: () => this.#wall.now() - begin >= SLICE || !this.isRunning,
    });
    if (!this.isRunning) return;
    this.#waiting = this.#wall.wait(done ? this.#untilNext() : 0, () => this.#slice());
  }

  /** Real milliseconds until the next timer is due. */
  #untilNext(): number {
    const next = this.#kernel.nextTimer;
    if (next === undefined) return IDLE;
    return Math.min(IDLE, Math.max(0, (next - this.#kernel.now) / this.#speed));
  }
}

function checked(speed: number): number {
  if (!(speed > 0) || !Number.isFinite(speed))
    throw new RangeError(`time cannot pass ${speed} times as fast; stop it instead`);
  return speed;
}
