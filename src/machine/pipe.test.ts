import { describe, expect, it } from 'vitest';
import { Coroutine, type Routine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { BrokenPipe, Pipe } from './pipe.ts';

function setUp() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const pipe = new Pipe();
  const seen: string[] = [];
  const run = (name: string, routine: Routine<unknown>) =>
    new Coroutine(
      kernel,
      routine,
      (result) => seen.push(`${name}: ${String(result)}`),
      (error) => seen.push(`${name}: ${(error as Error).message}`),
    );
  return { kernel, pipe, seen, run };
}

describe('a pipe', () => {
  it('gives a reader what was written, and the end once every writer has let go', () => {
    const { kernel, pipe, seen, run } = setUp();
    const letGo = [pipe.holdWriter(), pipe.holdWriter()];
    pipe.write('one ');
    pipe.write('two');
    run('first', pipe.read());
    run('second', pipe.read());
    kernel.runFor(1);
    expect(seen).toEqual(['first: one two']);
    letGo[0]?.();
    letGo[0]?.();
    kernel.runFor(1);
    expect(seen).toHaveLength(1);
    letGo[1]?.();
    kernel.runFor(1);
    expect(seen).toEqual(['first: one two', 'second: undefined']);
  });

  it('gives the rest before the end', () => {
    const { kernel, pipe, seen, run } = setUp();
    const letGo = pipe.holdWriter();
    pipe.write('rest');
    letGo();
    run('first', pipe.read());
    kernel.runFor(1);
    run('second', pipe.read());
    kernel.runFor(1);
    expect(seen).toEqual(['first: rest', 'second: undefined']);
  });

  it('makes a writer wait while it holds more than 64 KiB', () => {
    const { kernel, pipe, seen, run } = setUp();
    pipe.write('x'.repeat(65_536));
    run('fits', pipe.drain());
    kernel.runFor(1);
    expect(seen).toEqual(['fits: undefined']);
    pipe.write('y');
    run('full', pipe.drain());
    kernel.runFor(1);
    expect(seen).toEqual(['fits: undefined']);
    run('reader', pipe.read());
    kernel.runFor(1);
    expect(seen).toContain('full: undefined');
  });

  it('fails writers, waiting ones too, once every reader has let go', () => {
    const { kernel, pipe, seen, run } = setUp();
    const letGo = pipe.holdReader();
    pipe.write('x'.repeat(70_000));
    run('writer', pipe.drain());
    kernel.runFor(1);
    expect(seen).toEqual([]);
    letGo();
    kernel.runFor(1);
    expect(seen).toEqual(['writer: Broken pipe']);
    expect(() => pipe.write('more')).toThrow(BrokenPipe);
  });
});
