import { sleep } from '#kernel/coroutine.ts';
import { FsError, type OpenFile } from '#machine/file-system.ts';
import { utf8Encode } from '#machine/utf8.ts';
import { eachInput, Lines } from './input.ts';
import type { Tool } from './tool.ts';

/** tee: what is read, to standard output and to files. */
export const tee: Tool = {
  options: { flags: 'ai', long: { append: 'a' } },
  *run({ operands, process, has, out, complain }) {
    const { files, streams } = process;
    const opened: OpenFile[] = [];
    let status = 0;
    for (const path of operands) {
      try {
        opened.push(files.open(path, { access: 'write', create: true, truncate: !has('a'), append: has('a') }));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        complain(`${path}: ${error.message}`);
        status = 1;
      }
    }
    for (let text = yield* streams.read(); text !== undefined; text = yield* streams.read()) {
      out(text);
      for (const file of opened) file.write(utf8Encode(text));
      yield* streams.drain();
    }
    return status;
  },
};

/** As many characters as `yes` writes in a millisecond. */
const SPEED = 65_536;

/** yes: a line without end. */
export const yes: Tool = {
  options: {},
  *run({ operands, process, out }) {
    const line = `${operands.length === 0 ? 'y' : operands.join(' ')}\n`;
    const text = line.repeat(Math.max(1, Math.floor(SPEED / line.length)));
    for (;;) {
      out(text);
      yield* process.streams.drain();
      // Where everything is taken at once, time passes all the same.
      yield* sleep(process.kernel, 1);
    }
  },
};

/** rev: each line backwards. */
export const rev: Tool = {
  options: {},
  *run(invocation) {
    return yield* eachInput(invocation, invocation.operands, function* (input) {
      const lines = new Lines(input);
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next())
        invocation.out(`${[...line.replace(/\n$/, '')].toReversed().join('')}\n`);
    });
  },
};

/** nl: lines with their numbers. */
export const nl: Tool = {
  options: { values: 'b' },
  *run(invocation) {
    const { value, complain, out, operands } = invocation;
    if (!['a', 't', undefined].includes(value('b'))) {
      complain(`-b ${value('b')} is not simulated here`);
      return 2;
    }
    let number = 0;
    return yield* eachInput(invocation, operands, function* (input) {
      const lines = new Lines(input);
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
        const isCounted = line !== '\n' || value('b') === 'a';
        if (isCounted) number += 1;
        out(isCounted ? `${String(number).padStart(6)}\t${line.replace(/\n$/, '')}\n` : '       \n');
      }
    });
  },
};
