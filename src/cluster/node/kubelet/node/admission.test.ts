import { describe, expect, it } from 'vitest';
import { node as nodeKind } from '../../../api/kinds/core/node.ts';
import type { Taint } from '../../../api/types/core.ts';
import { TestNode } from '../test-node.ts';

describe('a Pod that its node cannot take', () => {
  it.each([
    [{ cpu: '100' }, 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 100000, used: 250, capacity: 2000"],
    [
      { memory: '1Ti' },
      'OutOfmemory',
      "Node didn't have enough resource: memory, requested: 1099511627776, used: 0, capacity: 4294967296",
    ],
  ])('for its size is refused', (requests, reason, message) => {
    const node = new TestNode();
    node.start('other', { args: ['wait'], resources: { requests: { cpu: '250m' } } });
    node.start('big', { resources: { requests } });
    node.run(3);
    expect(node.status('big')).toEqual({
      observedGeneration: 1,
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
      startTime: expect.any(String),
      qosClass: 'Burstable',
    });
    expect(node.events('big')).toEqual([`${reason}: ${message}`]);
    expect(node.log.join('\n')).toContain(
      `"Pod admission denied" podUID="${node.find('big')?.metadata.uid}" pod="default/big" reason="${reason}"`,
    );
  });

  it('for its selector is refused', () => {
    const node = new TestNode();
    node.start('far', {}, { nodeSelector: { disk: 'ssd' } });
    node.run(3);
    expect(node.events('far')).toEqual([
      "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ]);
    expect(node.status('far').reason).toBe('NodeAffinity');
  });

  it('for a port that is taken is refused, and taken when the port is free', () => {
    const node = new TestNode();
    const ports = [{ containerPort: 80, hostPort: 7777 }];
    node.start('one', { args: ['wait'], ports });
    node.start('two', { args: ['wait'], ports });
    node.run(3);
    expect(node.events('two')).toEqual([
      "NodePorts: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    ]);
    node.delete('one');
    node.until(() => node.find('one') === undefined);
    node.start('three', { args: ['wait'], ports });
    node.until(() => node.state('three') === 'Running');
  });

  it('for a taint that lets nothing stay is refused', () => {
    const node = new TestNode();
    const taints: readonly Taint[] = [{ key: 'down', effect: 'NoExecute' }];
    node.client.patch(nodeKind, { metadata: { name: 'w1' } }, { spec: { taints } }, 'merge');
    node.run(15);
    node.start('pod', { args: ['wait'] });
    node.run(3);
    expect(node.status('pod').reason).toBe('TaintToleration');
    node.start('hardy', { args: ['wait'] }, { tolerations: [{ operator: 'Exists' }] });
    node.until(() => node.state('hardy') === 'Running');
  });

  it('is gone as soon as it is deleted', () => {
    const node = new TestNode();
    node.start('big', { resources: { requests: { cpu: '100' } } });
    node.run(3);
    node.delete('big');
    node.until(() => node.find('big') === undefined, 5);
  });
});
