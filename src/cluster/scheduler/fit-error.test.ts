import { describe, expect, it } from 'vitest';
import { fitMessage, histogramOf } from './fit-error.ts';

describe('why no node takes a Pod', () => {
  it('counts the reasons, sorted as text', () => {
    const reasons = [
      ...Array.from({ length: 10 }, () => 'Insufficient cpu'),
      'node(s) were unschedulable',
      'Insufficient memory',
      'Insufficient memory',
    ];
    expect(histogramOf(reasons)).toBe('1 node(s) were unschedulable, 10 Insufficient cpu, 2 Insufficient memory');
  });

  it.each([
    ['1 Too many pods', '', '0/1 nodes are available: 1 Too many pods.'],
    ['1 Too many pods', 'preemption: no.', '0/1 nodes are available: 1 Too many pods. preemption: no.'],
    ['', '', '0/1 nodes are available:'],
    ['pod affinity terms conflict', 'not found', '0/1 nodes are available: pod affinity terms conflict. not found'],
  ])('%j and %j', (why, afterwards, message) => {
    expect(fitMessage(1, why, afterwards)).toBe(message);
  });
});
