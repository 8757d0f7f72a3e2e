import { type Routine, sleep, wait } from '#kernel/coroutine.ts';
import { utf8Decode, utf8Encode } from '#machine/utf8.ts';
import { eachInput, type Input, Lines, readAll } from './input.ts';
import type { Invocation, Tool } from './tool.ts';
import { complainAs } from './words.ts';

const OPTIONS = {
  flags: 'qvfF',
  values: 'nc',
  long: { 'lines=': 'n', 'bytes=': 'c', quiet: 'q', silent: 'q', verbose: 'v', follow: 'f' },
  number: 'n',
};

interface Amount {
  readonly count: number;
  readonly sign: string;
}

const SIZES: Readonly<Record<string, number>> = { b: 512, k: 1024, K: 1024, KB: 1000, m: 1048576, M: 1048576 };

/** `5`, `-5`, `+5`, `2k`; undefined when it is no number. */
function readAmount(text: string): Amount | undefined {
  const {
    sign = '',
    number = '',
    unit,
  } = /^(?<sign>[-+]?)(?<number>\d+)(?<unit>b|k|K|KB|m|M)?$/.exec(text)?.groups ?? {};
  return number === '' ? undefined : { sign, count: Number(number) * (SIZES[unit ?? ''] ?? 1) };
}

/** The amount that was asked for; undefined when it made no sense, which was told. */
function amountOf(invocation: Invocation): Amount | undefined {
  const unit = invocation.has('c') ? 'c' : 'n';
  const text = invocation.value(unit) ?? '10';
  const amount = readAmount(text);
  if (!amount)
    complainAs(
      invocation,
      `invalid number of ${unit === 'c' ? 'bytes' : 'lines'}: '${text}'`,
      `invalid number '${text}'`,
    );
  return amount;
}

/** The names of several files stand before each. */
function headings({ has, operands, out }: Invocation): (path: string) => void {
  let isFirst = true;
  return (path) => {
    if ((operands.length < 2 && !has('v')) || has('q')) return;
    out(`${isFirst ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`);
    isFirst = false;
  };
}

export const head: Tool = {
  options: OPTIONS,
  *run(invocation) {
    const amount = amountOf(invocation);
    if (!amount) return 1;
    const heading = headings(invocation);
    return yield* eachInput(invocation, invocation.operands, function* (input, path) {
      heading(path);
      if (invocation.has('c')) yield* headBytes(invocation, input, amount);
      else yield* headLines(invocation, input, amount);
    });
  },
};

function* headLines({ out }: Invocation, input: Input, { count, sign }: Amount): Routine<void> {
  const lines = new Lines(input);
  if (sign !== '-') {
    for (let left = count; left > 0; left -= 1) {
      const line = yield* lines.next();
      if (line === undefined) return;
      out(line);
    }
    return;
  }
  const kept: string[] = [];
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    kept.push(line);
    if (kept.length > count) out(kept.shift() ?? '');
  }
}

function* headBytes({ out }: Invocation, input: Input, { count, sign }: Amount): Routine<void> {
  if (sign === '-') {
    const bytes = utf8Encode(yield* readAll(input));
    out(utf8Decode(bytes.slice(0, Math.max(0, bytes.length - count))));
    return;
  }
  for (let left = count; left > 0; ) {
    const text = yield* input.read();
    if (text === undefined) return;
    const bytes = utf8Encode(text);
    out(utf8Decode(bytes.slice(0, left)));
    left -= bytes.length;
  }
}

export const tail: Tool = {
  options: OPTIONS,
  *run(invocation) {
    const amount = amountOf(invocation);
    if (!amount) return 1;
    const heading = headings(invocation);
    const isFollowing = invocation.has('f') || invocation.has('F');
    const status = yield* eachInput(invocation, invocation.operands, function* (input, path) {
      heading(path);
      const text = yield* readAll(input);
      invocation.out(invocation.has('c') ? tailBytes(text, amount) : tailLines(text, amount));
    });
    const [path] = invocation.operands;
    const { dialect, operands, process } = invocation;
    if (dialect === 'busybox' && operands.length > 0 && !operands.some((each) => process.files.exists(each)))
      invocation.complain('no files');
    if (!isFollowing || path === undefined || path === '-') return status;
    if (invocation.operands.length > 1) {
      invocation.complain('following more than one file is not simulated here');
      return 2;
    }
    return yield* follow(invocation, path);
  },
};

function tailLines(text: string, { count, sign }: Amount): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return (sign === '+' ? lines.slice(Math.max(0, count - 1)) : lines.slice(Math.max(0, lines.length - count))).join('');
}

function tailBytes(text: string, { count, sign }: Amount): string {
  const bytes = utf8Encode(text);
  return utf8Decode(
    sign === '+' ? bytes.slice(Math.max(0, count - 1)) : bytes.slice(Math.max(0, bytes.length - count)),
  );
}

/** How often a file that was removed is looked for, in milliseconds. */
const RETRY = 1_000;

/** Shows what is added; with -F also to another file of that name. */
function* follow({ process, has, out, complain }: Invocation, path: string): Routine<number> {
  const { files, kernel, streams } = process;
  if (!files.exists(path) && !has('F')) return 1;
  while (!files.exists(path)) yield* sleep(kernel, RETRY);
  let file = files.open(path);
  let offset = file.stat().size;
  for (;;) {
    const text = file.read(offset);
    offset += text.length;
    if (text !== '') out(utf8Decode(text));
    yield* streams.drain();
    if (file.stat().size < offset) {
      complain(`${path}: file truncated`);
      offset = 0;
      continue;
    }
    yield* changed(process, path);
    if (!has('F')) continue;
    while (!files.exists(path)) yield* sleep(kernel, RETRY);
    if (files.stat(path).inode === file.stat().inode) continue;
    complain(`'${path}' has been replaced;  following new file`);
    file = files.open(path);
    offset = 0;
  }
}

function changed({ files }: Invocation['process'], path: string): Routine<void> {
  return wait<void>((resume) => {
    const watch = files.watch(path, () => {
      watch.close();
      resume();
    });
    return () => watch.close();
  });
}
