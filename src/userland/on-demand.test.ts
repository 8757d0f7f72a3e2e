import { describe, expect, it } from 'vitest';
import { Coroutine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { onDemand } from './on-demand.ts';

function run(kernel: Kernel, program: Program): { readonly statuses: number[]; readonly said: () => string } {
  let said = '';
  const statuses: number[] = [];
  const streams = { error: (text: string) => (said += text) };
  const process = { argv: ['tool'], streams } as unknown as ProcessContext;
  new Coroutine(
    kernel,
    program(process),
    (status) => statuses.push(status),
    (error) => {
      throw error;
    },
  );
  kernel.runFor(0);
  return { statuses, said: () => said };
}

/** Promises are settled, and what they woke has run. */
async function settled(kernel: Kernel): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  kernel.runFor(0);
}

describe('onDemand', () => {
  it('loads a program once, and tells that it came', async () => {
    const kernel = new Kernel({ start: 0, seed: 1 });
    let loads = 0;
    let told = 0;
    const tool = onDemand(
      async () => {
        loads += 1;
        // biome-ignore lint/correctness/useYield: it answers at once
        return function* () {
          return 7;
        };
      },
      () => (told += 1),
    );
    const first = run(kernel, tool);
    expect(first.statuses).toEqual([]);
    await settled(kernel);
    expect(first.statuses).toEqual([7]);
    expect(run(kernel, tool).statuses).toEqual([7]);
    expect([loads, told]).toEqual([1, 1]);
  });

  it('tells of a load that failed, and tries again', async () => {
    const kernel = new Kernel({ start: 0, seed: 1 });
    let loads = 0;
    const tool = onDemand(
      () => {
        loads += 1;
        return Promise.reject(new Error('the network is gone'));
      },
      () => undefined,
    );
    const { statuses, said } = run(kernel, tool);
    await settled(kernel);
    expect(statuses).toEqual([126]);
    expect(said()).toBe('tool: could not be loaded: the network is gone\n');
    run(kernel, tool);
    await settled(kernel);
    expect(loads).toBe(2);
  });
});
