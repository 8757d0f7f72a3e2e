import { describe, expect, it } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import type { JournalQuery } from '#machine/journal.ts';
import { MachineJournal } from './journal.ts';

function setUp() {
  const kernel = new Kernel({ start: Date.UTC(2026, 10, 23, 6), seed: 1 });
  const journal = new MachineJournal(kernel, 'w1');
  const say = (unit: string, message: string, priority = 6) =>
    journal.write({ identifier: unit.replace('.service', ''), pid: 7, unit, priority, message });
  const found = (query: JournalQuery) => journal.query(query).map(({ message }) => message);
  return { kernel, journal, say, found };
}

describe('the journal of a machine', () => {
  it('keeps the order, with a time of its own for each entry', () => {
    const { kernel, journal, say, found } = setUp();
    say('kubelet.service', 'a');
    say('kubelet.service', 'b');
    kernel.runFor(1);
    say('containerd.service', 'c');
    expect(found({})).toEqual(['a', 'b', 'c']);
    const times = journal.query({}).map(({ at }) => at);
    expect(times).toEqual([...new Set(times)].sort((x, y) => x - y));
    expect(journal.query({})[0]).toMatchObject({ host: 'w1', pid: 7, at: Date.UTC(2026, 10, 23, 6) * 1000 });
  });

  it('finds by unit, priority, time and number', () => {
    const { kernel, say, found } = setUp();
    say('kubelet.service', 'early');
    kernel.runFor(60_000);
    const since = kernel.now * 1000;
    say('kubelet.service', 'late', 3);
    say('containerd.service', 'other');
    say('kubelet.service', 'last');
    expect(found({ units: ['kubelet.service'] })).toEqual(['early', 'late', 'last']);
    expect(found({ identifiers: ['containerd'] })).toEqual(['other']);
    expect(found({ since })).toEqual(['late', 'other', 'last']);
    expect(found({ until: since - 1 })).toEqual(['early']);
    expect(found({ priority: 3 })).toEqual(['late']);
    expect(found({ units: ['kubelet.service'], lines: 2 })).toEqual(['late', 'last']);
    expect(found({ lines: 0 })).toEqual([]);
  });

  it('tells those who follow of what they asked for, until they leave', () => {
    const { journal, say } = setUp();
    const seen: string[] = [];
    say('kubelet.service', 'before');
    const leave = journal.follow({ units: ['kubelet.service'] }, ({ message }) => seen.push(message));
    say('kubelet.service', 'one');
    say('containerd.service', 'not this');
    leave();
    say('kubelet.service', 'after');
    expect(seen).toEqual(['one']);
  });

  it('lets the oldest go when it is large', () => {
    const { journal, say } = setUp();
    for (let count = 0; count <= 40_000; count += 1) say('kubelet.service', `${count}`);
    const kept = journal.query({});
    expect(kept).toHaveLength(20_001);
    expect(kept.at(-1)?.message).toBe('40000');
  });
});
