import { describe, expect, it } from 'vitest';
import { Coroutine } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import type { Signal } from './program.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';

function open() {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const signals: Signal[] = [];
  let output = '';
  const terminal = new PseudoTerminal({
    size: { columns: 80, rows: 24 },
    onOutput: (text) => {
      output += text;
    },
    onSignal: (signal) => signals.push(signal),
  });
  const reads: (string | undefined)[] = [];
  const fail = (error: unknown) => {
    throw error;
  };
  const read = () => new Coroutine(kernel, terminal.streams.read(), (text) => reads.push(text), fail);
  const drains: number[] = [];
  const drain = () => new Coroutine(kernel, terminal.streams.drain(), () => drains.push(kernel.now), fail);
  return { kernel, terminal, signals, reads, drains, read, drain, output: () => output };
}

describe('lines', () => {
  it('come whole, edited, and are shown', () => {
    const { kernel, terminal, reads, read, output } = open();
    read();
    terminal.input('helo\u007flo wrold\u0017world');
    kernel.runFor(1);
    expect(reads).toEqual([]);
    terminal.input('\r');
    kernel.runFor(1);
    expect(reads).toEqual(['hello world\n']);
    expect(output()).toContain('\r\n');
  });

  it('end by Ctrl+D: at once what was typed, else the input', () => {
    const { kernel, terminal, reads, read } = open();
    read();
    terminal.input('abc\u0004');
    kernel.runFor(1);
    read();
    terminal.input('\u0004');
    kernel.runFor(1);
    expect(reads).toEqual(['abc', undefined]);
  });

  it('are given up by Ctrl+C, with what was typed ahead', () => {
    const { kernel, terminal, signals, reads, read } = open();
    terminal.input('one\rtwo\u0003three\r');
    read();
    kernel.runFor(1);
    expect(signals).toEqual(['INT']);
    expect(reads).toEqual(['three\n']);
  });

  it('are not shown while passwords are typed', () => {
    const { kernel, terminal, reads, read, output } = open();
    terminal.streams.controllingTerminal?.setMode('hidden');
    read();
    terminal.input('secret\r');
    kernel.runFor(1);
    expect(reads).toEqual(['secret\n']);
    expect(output()).toBe('');
  });

  it('of a million letters are shown in pieces', () => {
    const { kernel, terminal, reads, read } = open();
    terminal.input('0123456789\r'.repeat(100_000));
    read();
    kernel.runFor(1);
    expect(reads).toEqual(['0123456789\n']);
  });
});

describe('keys', () => {
  it('come as they are, unseen', () => {
    const { kernel, terminal, signals, reads, read, output } = open();
    terminal.streams.controllingTerminal?.setMode('keys');
    read();
    terminal.input('\u0003');
    kernel.runFor(1);
    expect(reads).toEqual(['\u0003']);
    expect([signals, output()]).toEqual([[], '']);
  });

  it('that were typed ahead belong to whoever reads next, as that one wants them', () => {
    const { kernel, terminal, reads, read } = open();
    const tty = terminal.streams.controllingTerminal;
    tty?.setMode('keys');
    terminal.input('ab\u007fc\r');
    tty?.setMode('lines');
    read();
    kernel.runFor(1);
    expect(reads).toEqual(['ac\n']);
  });
});

describe('a screen', () => {
  it('that shows nothing makes those wait who write', () => {
    const { kernel, terminal, drain, drains } = open();
    terminal.streams.out('y\n'.repeat(50_000));
    drain();
    kernel.runFor(1_000);
    expect(drains).toEqual([]);
    terminal.shown(100_000);
    kernel.runFor(1);
    expect(drains).toHaveLength(1);
  });

  it('does not keep all of what is written without waiting', () => {
    const { terminal, output } = open();
    for (let count = 0; count < 200; count += 1) terminal.streams.out('x'.repeat(100_000));
    expect(output().length).toBeLessThan(5_000_000);
  });

  it('tells of a new size, and of its end', () => {
    const { kernel, terminal, signals, reads, read } = open();
    read();
    terminal.resize({ columns: 80, rows: 24 });
    terminal.resize({ columns: 40, rows: 10 });
    terminal.hangUp();
    kernel.runFor(1);
    expect(signals).toEqual(['WINCH', 'HUP']);
    expect(terminal.streams.terminal.out).toEqual({ columns: 40, rows: 10 });
    expect(reads).toEqual([undefined]);
  });
});
