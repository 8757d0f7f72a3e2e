import { expect, test } from 'vitest';
import { hashOfPort, hashOfSubset } from './subset-hash.ts';

// Expected values were made by go-spew and Go's hash/fnv.
test('the hash of a port is that of its Go struct', () => {
  expect(hashOfPort({ name: 'dns', port: 53, protocol: 'UDP' })).toBe('cf684d8c2a0def1ba31f64600b9051ae');
  expect(hashOfPort({ name: 'dns-tcp', port: 53, protocol: 'TCP' })).toBe('bb9cc7b3d27ae737aec8326acc3af680');
  expect(hashOfPort({ name: 'metrics', port: 9153, protocol: 'TCP', appProtocol: 'http' })).toBe(
    '4b1c8f97b92d78c166d23004fb6565cf',
  );
});

test('the hash of a subset is that of its Go struct', () => {
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'web-1', uid: 'u1' };
  expect(
    hashOfSubset({
      addresses: [{ ip: '10.244.1.2', nodeName: 'w1', targetRef }, { ip: '10.244.1.3' }],
      ports: [{ port: 80, protocol: 'TCP' }],
    }),
  ).toBe('f95546ae9d9b99ca980e86c37ad41f1b');
});
