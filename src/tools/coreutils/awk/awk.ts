import { RegularExpressionError } from '#machine/c-library/regular-expression.ts';
import { FsError } from '#machine/file-system.ts';
import type { Tool } from '../tool.ts';
import { Interpreter } from './interpreter.ts';
import { expandConstant } from './lexer.ts';
import { readAwkProgram } from './parser.ts';
import { AwkError, AwkState } from './state.ts';
import { AwkStreams } from './streams.ts';
import { type AwkProgram, AwkSyntaxError } from './syntax.ts';
import { fromOutside } from './values.ts';

const TROUBLE = 2;

/** awk, with the words of mawk. */
export const awk: Tool = {
  options: {
    values: 'Fvf',
    long: { 'field-separator=': 'F', 'assign=': 'v', 'file=': 'f' },
    stopsAtOperand: true,
  },
  *run(invocation) {
    const { operands, given, process, complain } = invocation;
    const state = new AwkState();
    const files = given.flatMap(([option, path]) => (option === 'f' && path !== undefined ? [path] : []));
    let program: AwkProgram;
    let paths = operands;
    try {
      const texts = files.map((path) => process.files.readText(path));
      const [text] = operands;
      if (texts.length === 0 && text === undefined) {
        process.streams.error('Usage: awk [POSIX or GNU style options] [--] program-text file ...\n');
        return TROUBLE;
      }
      if (texts.length === 0) paths = operands.slice(1);
      program = readAwkProgram(texts.length > 0 ? texts.join('\n') : (text ?? ''));
    } catch (error) {
      if (!(error instanceof AwkSyntaxError) && !(error instanceof FsError)) throw error;
      complain(error instanceof FsError ? `cannot open ${error.path} (${error.message})` : error.message);
      return TROUBLE;
    }
    for (const [option, text = ''] of given) {
      if (option === 'F') state.set('FS', text === 't' ? '\t' : expandConstant(text));
      const { name, value } = (option === 'v' && /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s.exec(text)?.groups) || {};
      if (name !== undefined && value !== undefined) state.set(name, fromOutside(expandConstant(value)));
    }
    for (const [name, text] of Object.entries(process.env)) state.array('ENVIRON').set(name, fromOutside(text));
    for (const [index, word] of ['awk', ...paths].entries()) state.array('ARGV').set(String(index), fromOutside(word));
    state.set('ARGC', paths.length + 1);
    const streams = new AwkStreams(invocation, state, paths);
    try {
      const status = yield* new Interpreter(invocation, program, state, streams).run();
      yield* streams.closeAll();
      return status || streams.status;
    } catch (error) {
      if (!(error instanceof AwkError) && !(error instanceof RegularExpressionError)) throw error;
      if (error.message !== '') complain(error.message);
      return TROUBLE;
    }
  },
};
