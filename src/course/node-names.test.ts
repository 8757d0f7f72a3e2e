import { describe, expect, it } from 'vitest';
import { nodeNameProblem, ownNames, renameNodes } from './node-names.ts';

const names = { cp1: 'controlplane', w1: 'node01', w2: 'node02' };

describe('renameNodes', () => {
  it('follows a name wherever it stands as a word', () => {
    expect(renameNodes('kubectl -n kube-system logs kube-apiserver-cp1', names)).toBe(
      'kubectl -n kube-system logs kube-apiserver-controlplane',
    );
    expect(renameNodes('node/w1 cordoned, https://w2:10250', names)).toBe('node/node01 cordoned, https://node02:10250');
  });
  it('leaves words that only contain one', () => {
    expect(renameNodes('cp10 w12 vw1 xcp1', names)).toBe('cp10 w12 vw1 xcp1');
  });
  it('swaps two names', () => {
    expect(renameNodes('w1 w2', { cp1: 'cp1', w1: 'w2', w2: 'w1' })).toBe('w2 w1');
  });
  it('keeps columns in line where blanks give room', () => {
    expect(renameNodes('etcd-cp1              1/1', names)).toBe('etcd-controlplane     1/1');
    expect(renameNodes('cp1  Ready', names)).toBe('controlplane  Ready');
  });
  it('changes nothing for the pages’ own names', () => {
    expect(renameNodes('cp1   w1 w2', ownNames)).toBe('cp1   w1 w2');
  });
});

describe('nodeNameProblem', () => {
  it.each(['cp1', 'k8s-master', 'ip-10-0-0-1.eu.internal'])('accepts %s', (name) => {
    expect(nodeNameProblem(name)).toBeUndefined();
  });
  it.each(['', 'Node1', 'a_b', '-a', 'a-', 'a..b', '$(rm)', 'a'.repeat(254)])('refuses %j', (name) => {
    expect(nodeNameProblem(name)).toBeTypeOf('string');
  });
});
