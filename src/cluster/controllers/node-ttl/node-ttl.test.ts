import { expect, it } from 'vitest';
import { node as nodeKind } from '../../api/kinds/core/node.ts';
import { TestCluster } from '../pod-control/test-cluster.ts';
import { startNodeTtl } from './node-ttl.ts';

it('annotates each node with the time of a cluster of that size', () => {
  const cluster = new TestCluster([startNodeTtl]);
  const add = (from: number, count: number) => {
    for (let index = from; index < from + count; index += 1) cluster.addNode(`n${index}`);
    cluster.kernel.runFor(60_000);
  };
  const told = () =>
    cluster.client.list(nodeKind).items.map(({ metadata }) => metadata.annotations?.['node.alpha.kubernetes.io/ttl']);
  add(0, 3);
  expect(told()).toEqual(['0', '0', '0']);
  add(3, 100);
  expect(told().slice(-1)).toEqual(['15']);
});
