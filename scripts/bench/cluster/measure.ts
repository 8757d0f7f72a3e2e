/** What one run of a cluster came to. Seconds of CPU, milliseconds, megabytes. */
export interface ClusterFigures {
  readonly pods: number;
  readonly cpu: number;
  readonly boot: number;
  /** The longest stretch without giving the thread back; undefined where it cannot be told. */
  readonly longest?: number;
  readonly heap: number;
  /** Whether all Pods ran in the end. */
  readonly isComplete: boolean;
  /** Simulated seconds. */
  readonly simulated: number;
}

/** User and system time of this process so far. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What is in use after a collection (`--expose-gc`). */
export function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

export function say(figures: ClusterFigures): void {
  console.log(JSON.stringify(figures));
}
