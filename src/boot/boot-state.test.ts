import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { Cluster } from '../cluster/cluster.ts';
import { nodePrograms, USERLAND } from '../userland/programs.ts';
import { bootState } from './boot-state.ts';

const START = Date.UTC(2026, 10, 23);
const MINUTE = 60_000;
/** DESIGN: the boot snapshot, as a host sends it. */
const BUDGET = 60 * 1024;

it('a lab begins with a whole cluster at once, and it is the same each time', () => {
  const text = JSON.stringify(bootState(START));
  expect(JSON.stringify(bootState(START))).toBe(text);
  expect(brotliCompressSync(text).length).toBeLessThan(BUDGET);
  const kernel = new Kernel({ start: START + 90 * MINUTE, seed: 1 });
  const said: string[] = [];
  const cluster = new Cluster({
    kernel,
    userland: USERLAND,
    nodePrograms,
    saved: JSON.parse(text),
    onLog: (node, unit, line) => said.push(`${node} ${unit}: ${line}`),
  });
  cluster.start();
  kernel.runFor(0);
  expect(cluster.request({ method: 'GET', path: '/readyz' }).status).toBe(200);
  kernel.runFor(MINUTE);
  expect(said).toEqual([]);
});
