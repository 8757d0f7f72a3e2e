import { brotliCompressSync } from 'node:zlib';
import { Kernel } from '#kernel/kernel.ts';
import { bootState } from '../../../src/boot/boot-state.ts';
import { Cluster } from '../../../src/cluster/cluster.ts';
import { nodePrograms, USERLAND } from '../../../src/userland/programs.ts';
import { cpuSeconds } from './measure.ts';

/** Odd, so that there is a middle one. */
const TIMES = 5;

export interface BootFigures {
  /** Seconds of CPU from the saved cluster's text to an API server that answers; the median. */
  readonly cpu: number;
  /** Bytes of that text, brotli. */
  readonly bytes: number;
}

/** How a lab begins: from the state that the build makes. @throws Error when its API server does not answer at once */
export function measureBoot(): BootFigures {
  const text = JSON.stringify(bootState(Date.UTC(2026, 0, 1)));
  const times = Array.from({ length: TIMES }, () => {
    const begin = cpuSeconds();
    const saved = JSON.parse(text);
    const kernel = new Kernel({ start: saved.now, seed: 1 });
    const cluster = new Cluster({ kernel, userland: USERLAND, nodePrograms, saved });
    cluster.start();
    kernel.runFor(0);
    const { status } = cluster.request({ method: 'GET', path: '/readyz' });
    if (status !== 200) throw new Error(`the saved cluster is not ready: ${status}`);
    return cpuSeconds() - begin;
  });
  const [cpu = 0] = times.sort((a, b) => a - b).slice(Math.floor(TIMES / 2));
  return { cpu, bytes: brotliCompressSync(text).length };
}
