import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { isTrue, JqError } from './arithmetic.ts';
import { BUILTINS, Halt } from './builtins.ts';
import { checkNames } from './check-names.ts';
import { defineAll, Evaluator, type Scope } from './evaluate.ts';
import { type Json, JsonError, JsonReader, writeJson } from './json.ts';
import { type JqOptions, OptionError, readOptions } from './options.ts';
import { parse, parseDefinitions } from './parser.ts';
import { PRELUDE } from './prelude.ts';
import { type Ast, CompileError } from './syntax.ts';

/** jq's exit statuses. */
const USAGE = 2;
const COMPILE = 3;
const NO_OUTPUT = 4;
const ERROR = 5;

let prelude: Scope | undefined;

function preludeScope(): Scope {
  prelude ??= defineAll(parseDefinitions(PRELUDE));
  return prelude;
}

/** jq: a filter of JSON. */
export const jq: Program = function* jq(process: ProcessContext): Routine<number> {
  const { streams, argv } = process;
  let options: JqOptions;
  try {
    options = readOptions(argv.slice(1), process.files);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    streams.error(`${error.message}\n`);
    return USAGE;
  }
  if (options.isVersion) {
    streams.out('jq-1.6\n');
    return 0;
  }
  const scope = { ...preludeScope(), variables: options.variables };
  let program: Ast;
  try {
    program = parse(options.program);
    checkNames(program, scope, BUILTINS);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const hint = error.message.startsWith('syntax error') ? ' (Unix shell quoting issues?)' : '';
    streams.error(
      `jq: error: ${error.message}${hint} at <top-level>, line 1:\n${options.program}\njq: 1 compile error\n`,
    );
    return COMPILE;
  }
  const status = yield* filter(process, options, program, scope);
  yield* streams.drain();
  return status;
};

/** Where inputs come from: all files one after the other, or standard input. */
class Inputs {
  readonly #text: string;
  readonly #reader: JsonReader;
  readonly #isRaw: boolean;
  #rawAt = 0;
  readonly name: string;

  constructor(text: string, isRaw: boolean, name: string) {
    this.#text = text;
    this.#reader = new JsonReader(text);
    this.#isRaw = isRaw;
    this.name = name;
  }

  /** Undefined at the end. @throws JsonError */
  next(): Json | undefined {
    if (!this.#isRaw) return this.#reader.next();
    if (this.#rawAt >= this.#text.length) return undefined;
    const end = this.#text.indexOf('\n', this.#rawAt);
    const line = this.#text.slice(this.#rawAt, end < 0 ? undefined : end);
    this.#rawAt = end < 0 ? this.#text.length : end + 1;
    return line;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  get all(): string {
    return this.#text;
  }

  /** Lines that were read until the input that was given last was there: text is read by lines. */
  get line(): number {
    const end = this.#text.indexOf(
      '\n',
      Math.max(0, this.#reader.at - (this.#text[this.#reader.at - 1] === '\n' ? 1 : 0)),
    );
    return this.#text.slice(0, end < 0 ? this.#text.length : end + 1).split('\n').length - 1;
  }

  /** `at line 1, column 3` */
  placeOf(at: number): string {
    if (at >= this.#text.length) {
      const lines = this.#text.split('\n');
      return `at EOF at line ${lines.length}, column ${lines.at(-1)?.length ?? 0}`;
    }
    const before = this.#text.slice(0, at);
    return `at line ${before.split('\n').length}, column ${at - (before.lastIndexOf('\n') + 1)}`;
  }
}

function* filter(process: ProcessContext, options: JqOptions, program: Ast, scope: Scope): Routine<number> {
  const { streams, env, kernel } = process;
  const opened = yield* openInputs(process, options);
  if (typeof opened === 'number') return opened;
  const inputs = opened;
  const world = {
    builtins: BUILTINS,
    input: () => {
      const next = inputs.next();
      if (next === undefined) throw new JqError('break');
      return next;
    },
    now: kernel.now,
    environment: new Map<string, Json>(Object.entries(env)),
    get lineNumber() {
      return inputs.line;
    },
    warn: (text: string) => streams.error(text),
  };
  const evaluator = new Evaluator(world);
  let last: Json | undefined;
  let failed = 0;
  const show = (value: Json) => {
    last = value;
    const text = options.isRaw && typeof value === 'string' ? value : writeJson(value, options.format);
    streams.out(options.joins ? text : `${text}\n`);
  };
  try {
    for (const input of inputsOf(inputs, options)) {
      try {
        for (const { value } of evaluator.run(program, { value: input, path: undefined }, scope)) {
          show(value);
          yield* streams.drain();
        }
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        const isText = typeof error.value === 'string';
        streams.error(
          `jq: error (at ${inputs.name}:${inputs.line})${isText ? '' : ' (not a string)'}: ${error.message}\n`,
        );
        failed = ERROR;
      }
    }
  } catch (error) {
    if (error instanceof Halt) {
      if (error.value !== undefined)
        streams.error(typeof error.value === 'string' ? error.value : `${writeJson(error.value)}\n`);
      return error.status;
    }
    if (error instanceof CompileError) {
      streams.error(`jq: error: ${error.message} at <top-level>, line 1:\n${options.program}\njq: 1 compile error\n`);
      return COMPILE;
    }
    if (!(error instanceof JsonError)) throw error;
    streams.error(`parse error: ${error.message} ${inputs.placeOf(error.at)}\n`);
    return NO_OUTPUT;
  }
  if (failed > 0) return failed;
  if (!options.tellsByStatus) return 0;
  return last === undefined ? NO_OUTPUT : isTrue(last) ? 0 : 1;
}

function* inputsOf(inputs: Inputs, { isNull, slurps, readsRaw }: JqOptions): Generator<Json, void, void> {
  if (isNull) {
    yield null;
    return;
  }
  if (slurps && readsRaw) {
    yield inputs.all;
    return;
  }
  const all: Json[] = [];
  for (let next = inputs.next(); next !== undefined; next = inputs.next()) {
    if (slurps) all.push(next);
    else yield next;
  }
  if (slurps) yield all;
}

function* openInputs(
  { files, streams }: ProcessContext,
  { paths, readsRaw, isNull }: JqOptions,
): Routine<Inputs | number> {
  if (paths.length === 0) {
    let text = '';
    // What nobody asks for is not waited for.
    if (!isNull || !streams.terminal.in)
      for (let more = yield* streams.read(); more !== undefined; more = yield* streams.read()) text += more;
    return new Inputs(text, readsRaw, '<stdin>');
  }
  let text = '';
  for (const path of paths) {
    try {
      if (files.stat(path).kind === 'directory') throw new FsError('EISDIR', path);
      text += files.readText(path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      streams.error(`jq: error: Could not open ${path}: ${error.message}\n`);
      return USAGE;
    }
  }
  return new Inputs(text, readsRaw, paths.at(-1) ?? '');
}
