import type { Routine } from '#kernel/coroutine.ts';
import { eachInput, type Input } from './input.ts';
import type { Invocation, Tool } from './tool.ts';

/** cat: files one after another. */
export const cat: Tool = {
  options: {
    flags: 'nbsETAveu',
    long: {
      number: 'n',
      'number-nonblank': 'b',
      'squeeze-blank': 's',
      'show-ends': 'E',
      'show-tabs': 'T',
      'show-all': 'A',
      'show-nonprinting': 'v',
    },
  },
  *run(invocation) {
    const { has, operands, process } = invocation;
    const copy =
      has('n') || has('b') || has('s') || has('E') || has('T') || has('A') || has('e') || has('v')
        ? marker(invocation)
        : undefined;
    return yield* eachInput(invocation, operands, function* (input) {
      for (let text = yield* input.read(); text !== undefined; text = yield* input.read()) {
        process.streams.out(copy ? copy(text) : text);
        yield* process.streams.drain();
      }
    });
  },
};

/** Numbers lines and makes visible what is not. */
function marker({ has }: Invocation): (text: string) => string {
  let number = 0;
  let isLineStart = true;
  let wasBlank = false;
  const showsControls = has('v') || has('A') || has('e');
  const [showsEnds, showsTabs] = [has('E') || has('A') || has('e'), has('T') || has('A')];
  return (text) => {
    let marked = '';
    for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) {
      const isBlank = isLineStart && line === '\n';
      if (has('s') && isBlank && wasBlank) continue;
      wasBlank = isBlank;
      if (isLineStart && (has('b') ? !isBlank : has('n'))) {
        number += 1;
        marked += `${String(number).padStart(6)}\t`;
      }
      const plain = showsControls ? line.replaceAll(CONTROL, caret) : line;
      const shown = showsTabs ? plain.replaceAll('\t', '^I') : plain;
      marked += showsEnds ? shown.replace(/\n$/, '$\n') : shown;
      isLineStart = line.endsWith('\n');
    }
    return marked;
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is made visible
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

function caret(character: string): string {
  return `^${String.fromCharCode(character.charCodeAt(0) ^ 64)}`;
}

/** tac: lines from the last to the first. */
export const tac: Tool = {
  options: {},
  *run(invocation) {
    return yield* eachInput(invocation, invocation.operands, function* (input: Input): Routine<void> {
      let text = '';
      for (let more = yield* input.read(); more !== undefined; more = yield* input.read()) text += more;
      invocation.out((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).toReversed().join(''));
    });
  },
};
