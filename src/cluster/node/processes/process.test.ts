import { describe, expect, it } from 'vitest';
import { sleep, wait } from '#kernel/coroutine.ts';
import { Kernel } from '#kernel/kernel.ts';
import { FsError } from '#machine/file-system.ts';
import { Pipe } from '#machine/pipe.ts';
import type { ChildProcess, ProcessContext, Program, Signal, StandardStreams } from '#machine/program.ts';
import { FileSystemView } from '../file-system/view.ts';
import { Volume } from '../file-system/volume.ts';
import { Network } from '../network/network.ts';
import { executable } from './executables.ts';
import { PidNamespace } from './pid-namespace.ts';
import { type Exit, Process } from './process.ts';
import { StandIn } from './stand-in.ts';

const forever: Program = function* () {
  return yield* wait<number>(() => undefined);
};
/** Ends with the status that its first argument names, after as many seconds as its second. */
const exit: Program = function* ({ kernel, argv }) {
  yield* sleep(kernel, (Number(argv[2]) || 0) * 1000);
  return Number(argv[1]);
};

/** A machine with a container on it, whose first process is the program. */
function setUp(program: Program) {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const machine = new PidNamespace(undefined, (last) => last + 10);
  new StandIn(machine, { argv: ['/sbin/init'], startedAt: 0 });
  const pids = new PidNamespace(machine);
  const files = FileSystemView.of(new Volume(kernel, 1));
  files.mkdir('/bin');
  const programs: Record<string, Program> = { exit, forever };
  for (const name of Object.keys(programs)) files.writeFile(`/bin/${name}`, executable(name), { mode: 0o755 });
  files.writeText('/bin/script', '#!/bin/exit 3\n', { mode: 0o755 });
  files.writeText('/bin/text', 'not a program', { mode: 0o755 });
  files.writeText('/bin/plain', executable('exit'));
  const output = { out: '', error: '' };
  const exits: Exit[] = [];
  const streams: StandardStreams = {
    *read() {
      return yield* wait<undefined>((resume) => {
        resume(undefined);
        return undefined;
      });
    },
    out: (text) => {
      output.out += text;
    },
    error: (text) => {
      output.error += text;
    },
    drain: () => new Pipe().drain(),
    terminal: {},
  };
  const surroundings = {
    kernel,
    pids,
    hostname: 'web',
    sockets: new Network(kernel).machine(),
    programs: (name: string) => programs[name],
  };
  const process = new Process(surroundings, {
    program,
    argv: ['init'],
    env: { A: '1' },
    files,
    streams,
    onExit: (how) => exits.push(how),
  });
  return { kernel, machine, process, files, streams, output, exits };
}

describe('a process', () => {
  it('has a number in its container and another on its machine', () => {
    let seen: ProcessContext | undefined;
    const { kernel, machine, process } = setUp(function* (context) {
      seen = context;
      context.spawn('/bin/forever', { argv: ['forever'] });
      return yield* forever(context);
    });
    kernel.runFor(1);
    expect(seen?.pid).toBe(1);
    expect(process.pidIn(machine)).toBe(20);
    expect(seen?.processes.rows().map(({ pid, parent, argv }) => [pid, parent, argv[0]])).toEqual([
      [1, 0, 'init'],
      [2, 1, 'forever'],
    ]);
    expect(
      machine
        .tableFor(0)
        .rows()
        .map(({ pid, parent, argv }) => [pid, parent, argv[0]]),
    ).toEqual([
      [10, 0, '/sbin/init'],
      [20, 0, 'init'],
      [30, 20, 'forever'],
    ]);
  });

  it('ends with what its program gives back, or with 1 and its last words', () => {
    const { kernel, exits } = setUp(function* ({ kernel }) {
      yield* sleep(kernel, 5);
      return 300;
    });
    kernel.runFor(10);
    expect(exits).toEqual([{ code: 44 }]);
    const other = setUp(function* ({ kernel }) {
      yield* sleep(kernel, 5);
      throw new Error('segmentation fault');
    });
    other.kernel.runFor(10);
    expect(other.exits).toEqual([{ code: 1 }]);
    expect(other.output.error).toBe('segmentation fault\n');
  });

  it('waits for children and their statuses', () => {
    const statuses: unknown[] = [];
    const { kernel } = setUp(function* ({ spawn, processes }) {
      const first = spawn('/bin/exit', { argv: ['exit', '7', '2'] });
      const killed = spawn('/bin/forever', { argv: ['forever'] });
      statuses.push(yield* first.wait());
      killed.kill('TERM');
      statuses.push(yield* killed.wait(), yield* first.wait(), killed.endedBy);
      statuses.push(processes.kill(killed.pid, 'TERM'), processes.rows().length);
      return 0;
    });
    kernel.runFor(3_000);
    expect(statuses).toEqual([7, 143, 7, 'TERM', false, 1]);
  });

  it('starts what executable files hold, and says why not', () => {
    const found: string[] = [];
    const { kernel } = setUp(function* ({ spawn }) {
      const script = spawn('/bin/script', { argv: ['script', 'a'] });
      found.push(`${yield* script.wait()}`);
      for (const path of ['/bin/nothing', '/bin/plain', '/bin', '/bin/text']) {
        try {
          spawn(path, { argv: [path] });
        } catch (error) {
          found.push(error instanceof FsError ? error.code : 'other');
        }
      }
      return 0;
    });
    kernel.runFor(10);
    expect(found).toEqual(['3', 'ENOENT', 'EACCES', 'EACCES', 'ENOEXEC']);
  });

  it('gives children what it has unless it says otherwise', () => {
    const seen: unknown[] = [];
    const child: Program = function* (context) {
      seen.push([context.argv, context.env, context.files.workingDirectory, context.hostname]);
      return yield* exit({ ...context, argv: ['', '0'] });
    };
    const { kernel } = setUp(function* ({ spawn }) {
      yield* spawn('', { argv: ['sub'], program: child }).wait();
      yield* spawn('', { argv: ['sub'], program: child, env: { B: '2' }, workingDirectory: '/bin' }).wait();
      return 0;
    });
    kernel.runFor(10);
    expect(seen).toEqual([
      [['sub'], { A: '1' }, '/', 'web'],
      [['sub'], { B: '2' }, '/bin', 'web'],
    ]);
  });

  it('ends by PIPE when nobody reads what it writes', () => {
    const pipe = new Pipe();
    const statuses: unknown[] = [];
    const { kernel } = setUp(function* ({ spawn, streams }) {
      const endless: Program = function* ({ streams: own }) {
        for (;;) {
          own.out('y\n');
          yield* own.drain();
        }
      };
      const writing: StandardStreams = {
        ...streams,
        out: (text) => pipe.write(text),
        drain: () => pipe.drain(),
        hold: () => pipe.holdWriter(),
      };
      const reading: StandardStreams = { ...streams, read: () => pipe.read(), hold: () => pipe.holdReader() };
      const reader: Program = function* ({ streams: own }) {
        const text = yield* own.read();
        return text?.startsWith('y\n') ? 0 : 1;
      };
      const writer = spawn('', { argv: ['yes'], program: endless, streams: writing });
      const head = spawn('', { argv: ['head'], program: reader, streams: reading });
      statuses.push(yield* head.wait(), yield* writer.wait(), writer.endedBy);
      return 0;
    });
    kernel.runFor(10);
    expect(statuses).toEqual([0, 141, 'PIPE']);
  });

  it('goes on as another program', () => {
    const { kernel, exits } = setUp(function* ({ exec }) {
      return yield* exec('/bin/exit', { argv: ['exit', '9'] });
    });
    kernel.runFor(10);
    expect(exits).toEqual([{ code: 9 }]);
  });
});

describe('signals', () => {
  const ends = (signal: Signal, program: Program = forever) => {
    const { kernel, process, exits } = setUp(program);
    kernel.runFor(1);
    process.kill(signal);
    kernel.runFor(1);
    return exits;
  };

  it('do nothing to the first process of a container that does not handle them, but for KILL from outside', () => {
    expect(ends('TERM')).toEqual([]);
    expect(ends('INT')).toEqual([]);
    expect(ends('KILL')).toEqual([{ code: 137, signal: 'KILL' }]);
    const { kernel, exits } = setUp(function* (context) {
      context.processes.kill(1, 'KILL');
      return yield* forever(context);
    });
    kernel.runFor(1);
    expect(exits).toEqual([]);
  });

  it('reach a handler, which may end the program', () => {
    const graceful: Program = function* ({ onSignal }) {
      return yield* wait<number>((resume) => {
        onSignal('TERM', () => resume(0));
        return undefined;
      });
    };
    expect(ends('TERM', graceful)).toEqual([{ code: 0 }]);
  });

  it('let a process kill itself at once', () => {
    const done: string[] = [];
    const { kernel } = setUp(function* ({ spawn }) {
      const suicide: Program = function* ({ pid, processes, kernel }) {
        yield* sleep(kernel, 1);
        processes.kill(pid, 'TERM');
        done.push('too late');
        return 0;
      };
      const child = spawn('', { argv: ['sh'], program: suicide });
      done.push(`${yield* child.wait()}`);
      return 0;
    });
    kernel.runFor(10);
    expect(done).toEqual(['143']);
  });

  it('are for the same user or root', () => {
    const errors: string[] = [];
    const { kernel } = setUp(function* ({ spawn, files }) {
      const other = spawn('/bin/forever', { argv: ['forever'] });
      const killer: Program = function* ({ processes, kernel }) {
        yield* sleep(kernel, 1);
        try {
          processes.kill(other.pid, 'TERM');
        } catch (error) {
          errors.push((error as FsError).code);
        }
        return 0;
      };
      const credentials = { uid: 7, gid: 7, groups: [] };
      yield* spawn('', { argv: ['sh'], program: killer, files: files.as({ credentials }) }).wait();
      return 0;
    });
    kernel.runFor(10);
    expect(errors).toEqual(['EPERM']);
  });

  it('end everything in a container when its first process ends, which tells those who asked', () => {
    const told: string[] = [];
    const { kernel, machine, process } = setUp(function* (context) {
      const parent: Program = function* ({ spawn, kernel, onExit }) {
        spawn('/bin/forever', { argv: ['grandchild'] });
        onExit(() => told.push('parent'));
        yield* sleep(kernel, 10);
        return 0;
      };
      context.spawn('', { argv: ['parent'], program: parent });
      context.onSignal('CHLD', () => told.push('CHLD'));
      return yield* forever(context);
    });
    kernel.runFor(20);
    expect(told).toEqual(['parent', 'CHLD']);
    // It has a new parent, as its own has ended.
    expect(
      machine
        .tableFor(0)
        .rows()
        .map(({ parent, argv }) => [argv[0], parent]),
    ).toContainEqual(['grandchild', 20]);
    process.kill('KILL');
    expect(
      machine
        .tableFor(0)
        .rows()
        .map(({ argv }) => argv[0]),
    ).toEqual(['/sbin/init']);
  });
});

describe('a child', () => {
  it('is heard of by its number until it has ended', () => {
    const held: ChildProcess[] = [];
    const { kernel, machine } = setUp(function* ({ spawn }) {
      const child = spawn('/bin/exit', { argv: ['exit', '0', '1'] });
      held.push(child);
      yield* child.wait();
      return yield* forever({} as ProcessContext);
    });
    kernel.runFor(500);
    expect(machine.tableFor(0).kill(30, 'CONT')).toBe(true);
    kernel.runFor(1_000);
    expect(machine.tableFor(0).kill(30, 'CONT')).toBe(false);
    expect(held[0]?.endedBy).toBeUndefined();
  });
});
