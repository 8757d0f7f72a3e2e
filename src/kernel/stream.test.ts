import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';
import { Stream, type StreamEnd, StreamOverflow } from './stream.ts';

const make = (limit?: number) => {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const stream = new Stream<number>(kernel, limit);
  const values: number[] = [];
  const ends: StreamEnd[] = [];
  const reader = { next: (value: number) => void values.push(value), end: (end: StreamEnd) => void ends.push(end) };
  return { kernel, stream, values, ends, reader };
};

describe('Stream', () => {
  it('hands over values in order, then the end, also those from before there was a reader', () => {
    const { kernel, stream, values, ends, reader } = make();
    stream.push(1);
    stream.push(2);
    stream.finish();
    expect(stream.push(3)).toBe(false);
    stream.read(reader);
    expect(values).toEqual([]);
    kernel.runFor(0);
    expect(values).toEqual([1, 2]);
    expect(ends).toEqual([{}]);
    expect(stream.isOpen).toBe(false);
  });
  it('waits while the reader pauses', () => {
    const { kernel, stream, values, reader } = make();
    stream.read(reader);
    stream.push(1);
    kernel.runFor(0);
    stream.pause();
    stream.push(2);
    kernel.runFor(0);
    expect(values).toEqual([1]);
    expect(stream.waiting).toBe(1);
    stream.resume();
    kernel.runFor(0);
    expect(values).toEqual([1, 2]);
  });
  it('ends with an error rather than grow for a reader that is too slow', () => {
    const { kernel, stream, values, ends, reader } = make(3);
    stream.read(reader);
    stream.pause();
    for (const value of [1, 2, 3]) expect(stream.push(value)).toBe(true);
    expect(stream.push(4)).toBe(false);
    stream.resume();
    kernel.runFor(0);
    expect(values).toEqual([]);
    expect(ends[0]?.error).toBeInstanceOf(StreamOverflow);
  });
  it('tells a reader that left nothing more', () => {
    const { kernel, stream, values, ends, reader } = make();
    stream.read({
      ...reader,
      next: (value) => {
        values.push(value);
        stream.close();
      },
    });
    stream.push(1);
    stream.push(2);
    stream.finish();
    kernel.runFor(0);
    expect(values).toEqual([1]);
    expect(ends).toEqual([]);
    expect(stream.isOpen).toBe(false);
  });
  it('has one reader', () => {
    const { stream, reader } = make();
    stream.read(reader);
    expect(() => stream.read(reader)).toThrow('a stream has one reader');
  });
});
