import { describe, expect, it } from 'vitest';
import { TestNode } from './test-node.ts';

function running(...args: string[]): TestNode {
  const node = new TestNode();
  node.start('web', { args: [...args, 'wait'] });
  node.until(() => node.state('web') === 'Running');
  return node;
}

describe('the log of a container', () => {
  it('is what it wrote, on both streams', () => {
    expect(running('say one', 'warn two').output('web')).toBe('one\ntwo\n');
  });

  it('may be the end of it, or a part by size', () => {
    const node = running('say one', 'say two', 'say three');
    expect(node.output('web', { tailLines: '2' })).toBe('two\nthree\n');
    expect(node.output('web', { tailLines: '0' })).toBe('');
    expect(node.output('web', { limitBytes: '5' })).toBe('one\nt');
  });

  it('may show times, and begin at one', () => {
    const node = running('say one', 'sleep 10', 'say two');
    node.run(11);
    const time = String.raw`2026-11-23T06:00:\d\d\.\d{9}Z`;
    expect(node.output('web', { timestamps: 'true' })).toMatch(new RegExp(`^${time} one\n${time} two\n$`));
    expect(node.output('web', { sinceSeconds: '5' })).toBe('two\n');
    const { timestamps } = {
      timestamps: node.output('web', { timestamps: 'true' }).split('\n')[1]?.slice(0, 20) ?? '',
    };
    expect(node.output('web', { sinceTime: `${timestamps.slice(0, 19)}Z` })).toBe('two\n');
  });

  it('may be of the one before', () => {
    const node = new TestNode();
    node.start('web', { args: ['say begun', 'sleep 1', 'exit 1'] });
    node.until(() => node.state('web') === 'Running');
    expect(node.output('web', { previous: 'true' })).toBe('previous terminated container "c" in pod "web" not found');
    expect(node.ask('/containerLogs/default/web/c', { previous: 'true' }).status).toBe(400);
    node.until(() => node.container('web')?.restartCount === 1 && node.state('web') === 'Running');
    expect(node.output('web', { previous: 'true' })).toBe('begun\n');
  });

  it('goes on as long as the container does', () => {
    const node = new TestNode();
    node.start('web', { args: ['say one', 'sleep 5', 'say two', 'sleep 5'] }, { restartPolicy: 'Never' });
    node.until(() => node.state('web') === 'Running');
    const seen: string[] = [];
    let hasEnded = false;
    const { stream } = node.ask('/containerLogs/default/web/c', { follow: 'true' });
    stream?.read({
      next: (text) => seen.push(String(text)),
      end: () => {
        hasEnded = true;
      },
    });
    node.run(7);
    expect([seen.join(''), hasEnded]).toEqual(['one\ntwo\n', false]);
    node.run(7);
    expect([seen.join(''), hasEnded]).toEqual(['one\ntwo\n', true]);
  });

  it('is not there before the container is', () => {
    const node = new TestNode();
    node.start(
      'web',
      { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', configMap: { name: 'none' } }] },
    );
    node.run(3);
    expect(node.output('web')).toBe('container "c" in pod "web" is waiting to start: ContainerCreating');
    node.start('bad', { image: 'nothing' });
    node.until(() => node.state('bad') === 'ImagePullBackOff');
    expect(node.output('bad')).toBe('container "c" in pod "bad" is waiting to start: trying and failing to pull image');
    node.start('wrong', { envFrom: [{ configMapRef: { name: 'none' } }] });
    node.until(() => node.state('wrong') === 'CreateContainerConfigError');
    expect(node.output('wrong')).toBe('container "c" in pod "wrong" is waiting to start: CreateContainerConfigError');
  });

  it('of what is not here is not found', () => {
    const node = running();
    expect(node.ask('/containerLogs/default/none/c')).toEqual({ status: 404, body: 'pod "none" does not exist\n' });
    expect(node.ask('/containerLogs/default/web/x')).toEqual({
      status: 404,
      body: 'container "x" not found in pod "web"\n',
    });
  });
});

describe('the kubelet', () => {
  it('says that it is well, and what runs', () => {
    const node = running();
    expect(node.ask('/healthz')).toEqual({ status: 200, body: 'ok' });
    expect(node.ask('/pods').body).toMatchObject({ kind: 'PodList', items: [{ metadata: { name: 'web' } }] });
    expect(node.ask('/none').status).toBe(404);
  });

  it('runs commands in containers', () => {
    const node = running();
    expect(node.ask('/exec/default/none/c', { command: 'do' })).toEqual({ status: 404, body: 'pod does not exist\n' });
    expect(node.ask('/exec/default/web/x', { command: 'do' })).toEqual({
      status: 500,
      body: 'container not found ("x")',
    });
    expect(node.ask('/exec/default/web/c', { command: 'do', stdout: '1' }).status).toBe(101);
  });

  it('says that it forwards no ports', () => {
    const node = running();
    expect(node.ask('/portForward/default/web')).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^port-forward is not simulated here/) },
    });
  });
});
