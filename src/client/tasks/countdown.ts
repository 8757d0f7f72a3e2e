/** A clock that counts what a task has taken, in milliseconds; `since` is the moment it was started, undefined while it stands. */
export interface Countdown {
  readonly spent: number;
  readonly since: number | undefined;
}

export const fresh: Countdown = { spent: 0, since: undefined };

export function start(clock: Countdown, now: number): Countdown {
  return clock.since === undefined ? { ...clock, since: now } : clock;
}

export function pause(clock: Countdown, now: number): Countdown {
  return { spent: spent(clock, now), since: undefined };
}

/** Milliseconds on the clock; a browser's clock that was set back counts as no time. */
export function spent(clock: Countdown, now: number): number {
  return clock.spent + (clock.since === undefined ? 0 : Math.max(0, now - clock.since));
}

/** `2:00` left, `0:01`, `0:00`, then `+0:01` over. A second that has begun is still left. */
export function face(left: number): string {
  const seconds = left >= 0 ? Math.ceil(left / 1000) : Math.floor(-left / 1000);
  return `${left < 0 && seconds > 0 ? '+' : ''}${minutesAndSeconds(seconds)}`;
}

/** `7:05` */
export function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What is worth saying aloud between two looks at the clock; most of the time nothing is. */
export function milestone(before: number, after: number): string | undefined {
  if (before > 0 && after <= 0) return 'Time is up for this task. The clock goes on.';
  if (before > 60_000 && after <= 60_000) return 'One minute left';
  return undefined;
}
