import { describe, expect, it } from 'vitest';
import type { Api } from './api.ts';
import { Lookout } from './lookout.ts';
import { parseScenario } from './scenario.ts';
import type { NodeContainer, Target } from './target.ts';

const scenario = parseScenario(`
name: one
about: an API server
containers: [kube-apiserver]
steps: [{ name: break, run: x, until: [{ object: API server, track: readyz, value: no answer }] }]
`);
const container = (id: string, more: Partial<NodeContainer> = {}): NodeContainer => ({
  id,
  name: 'kube-apiserver',
  pod: 'whole',
  state: 'RUNNING',
  exitCode: 0,
  lastLine: '',
  ...more,
});

/** Looks at a node whose containers are one list after the other, the first two before the step. */
async function seen(...looks: readonly (readonly NodeContainer[])[]): Promise<readonly string[]> {
  let index = 0;
  let isOver: () => void;
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const target = {
    containers: async () => {
      if (index === looks.length) isOver();
      const look = looks[Math.min(index, looks.length - 1)] ?? [];
      index += 1;
      return look;
    },
  } as Partial<Target> as Target;
  const api = { get: async () => 'ok' } as Partial<Api> as Api;
  const lookout = new Lookout(scenario, target, api, () => 7);
  await lookout.start();
  lookout.setStep('break');
  await over;
  lookout.close();
  return lookout.changes.map(({ object, track, value }) => `${object}: ${track}: ${value}`);
}

describe('Lookout', () => {
  it('tells a container from those of other steps, how it ended and what it said last', async () => {
    const log = '2026-11-23T00:00:00.1Z stderr F E1123 00:00:00.123456       1 run.go:72] "command failed" err="no"\n';
    const begun = [container('a')];
    expect(
      await seen(begun, begun, [
        container('a', { state: 'EXITED', exitCode: 137 }),
        container('b', { pod: 'broken', state: 'EXITED', exitCode: 1, lastLine: log }),
        container('d'),
        container('c', { name: 'etcd' }),
      ]),
    ).toEqual([
      'API server: readyz: ok',
      'container kube-apiserver of the begin: status: Running',
      'container kube-apiserver of the begin: status: killed',
      'container kube-apiserver of break: status: Running',
      'container kube-apiserver of break: last words: run.go:72] "command failed" err="no"',
      'container kube-apiserver of break: status: Exited (1)',
      'container kube-apiserver of the begin: status: Running',
    ]);
  });

  it('takes for killed what is gone', async () => {
    expect((await seen([container('a')], [container('a')], [])).at(-1)).toBe(
      'container kube-apiserver of the begin: status: killed',
    );
  });

  it('knows nothing of what ended before', async () => {
    const ended = [container('a', { state: 'EXITED', exitCode: 1 })];
    expect(await seen(ended, ended, ended)).toEqual(['API server: readyz: ok']);
  });
});
