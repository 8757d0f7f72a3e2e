import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type BootFigures, measureBoot } from './boot.ts';
import { bundle, gzipped } from './bundle.ts';
import type { ClusterFigures } from './measure.ts';

/** Seconds of CPU for so many Pods, megabytes of heap, milliseconds without giving the thread back (the main thread's own is less), bytes. */
export const clusterBudget = {
  cpu: new Map([
    [100, 0.3],
    [500, 1],
    [1000, 2],
  ]),
  heap: 80,
  longest: 50,
  bundle: 300 * 1024,
  bootState: 60 * 1024,
} as const;

export interface ClusterBench {
  readonly runs: readonly { readonly ours: ClusterFigures; readonly peer: ClusterFigures | undefined }[];
  readonly boot: BootFigures;
  /** Bytes, gzip. */
  readonly bundle: number;
}

const PODS = [3, 100, 500, 1000];
/** Milliseconds for one run. */
const PATIENCE = 180_000;
const figures = z.object({
  pods: z.number(),
  cpu: z.number(),
  boot: z.number(),
  longest: z.number().optional(),
  heap: z.number(),
  isComplete: z.boolean(),
  simulated: z.number(),
});

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The cluster and its peer, at the same work, in turn, each in a process of its own. */
export async function measureCluster(): Promise<ClusterBench> {
  const folder = await mkdtemp(join(tmpdir(), 'clusterbook-bench-'));
  try {
    // Both as a browser gets them; Node cannot load the peer's package as it is, and what it needs to read TypeScript is in its heap.
    const bundled = async (name: string) => {
      const file = join(folder, `${name}.mjs`);
      await writeFile(file, await bundle(here(`${name}.ts`), 'node'));
      return file;
    };
    const [own, peer] = await Promise.all([bundled('ours'), bundled('peer')]);
    const runs = PODS.map((pods) => {
      const ours = run(own, pods);
      if (!ours?.isComplete) throw new Error(`${pods} Pods did not come to run`);
      return { ours, peer: run(peer, pods) };
    });
    return {
      runs,
      boot: measureBoot(),
      bundle: gzipped(await bundle(here('../../../src/cluster/cluster.ts'), 'browser')),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Undefined for a run that took too long or failed. */
function run(program: string, pods: number): ClusterFigures | undefined {
  const { stdout } = spawnSync('node', ['--expose-gc', program, `${pods}`], {
    encoding: 'utf8',
    timeout: PATIENCE,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (figures.parse(JSON.parse(line)) as ClusterFigures) : undefined;
}
