import { expect, test } from 'vitest';
import { hashOfSlicePort, sortedPorts } from './port-hash.ts';

// Expected values were made by go-spew and Go's hash/fnv.
test("the hash of a slice's port is that of its Go struct", () => {
  expect(hashOfSlicePort({ name: 'dns', port: 53, protocol: 'UDP' })).toBe('1caf216365b57b5d2659d4ba9f662580');
  expect(hashOfSlicePort({ name: 'metrics', port: 9153, protocol: 'TCP' })).toBe('f17bf63bdbb003d0f2f8e0b73efa3324');
  expect(hashOfSlicePort({ name: '', port: 80, protocol: 'TCP' })).toBe('73b52e075e78e70787d5e6ffd2212eef');
});

test('ports are in the order of their hashes', () => {
  const names = ['metrics', 'dns-tcp', 'dns'];
  const ports = names.map((name) => ({
    name,
    port: name === 'metrics' ? 9153 : 53,
    protocol: name === 'dns' ? 'UDP' : 'TCP',
  }));
  expect(sortedPorts(ports).map(({ name }) => name)).toEqual(['dns', 'dns-tcp', 'metrics']);
});
