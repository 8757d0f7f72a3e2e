import { completeness } from '#grammar/completeness.ts';
import type { Place, Problem } from '../problem.ts';
import type { Command } from './block.ts';

const PROMPT = '$ ';
const ESCAPED_PROMPT = '\\$ ';

/**
 * Splits a fence's body into commands and their expected output. `$ ` begins a command, which goes on while the shell would ask
 * for more; the rest up to the next `$ ` is output.
 *
 * @param place where the body's first line begins
 */
export function splitCommands(
  body: string,
  blockId: string,
  place: Place,
): { readonly commands: readonly Command[]; readonly problems: readonly Problem[] } {
  const commands: (Command & { output: string[] })[] = [];
  const problems: Problem[] = [];
  const lines = body.split('\n');
  const at = (index: number): Place => ({ ...place, line: place.line + index });
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    if (line === '$' || line.startsWith(PROMPT)) {
      const start = index;
      let text = line.slice(PROMPT.length);
      let state = completeness(text);
      while (state.kind === 'incomplete' && index + 1 < lines.length) {
        index += 1;
        text += `\n${lines[index] ?? ''}`;
        state = completeness(text);
      }
      problems.push(...commandProblems(text, state, at(start)));
      commands.push({ id: `${blockId}-${commands.length + 1}`, text: text.trimEnd(), output: [], place: at(start) });
    } else {
      const last = commands.at(-1);
      if (last) last.output.push(line.startsWith(ESCAPED_PROMPT) ? line.slice(1) : line);
      else if (line.trim() !== '') {
        problems.push({
          message: `"${line.slice(0, 40)}" stands before the first command`,
          cure: `Begin the block with "${PROMPT}" and a command`,
          place: at(index),
        });
      }
    }
    index += 1;
  }
  for (const command of commands) {
    while (command.output.at(-1) === '') command.output.pop();
    problems.push(...outputProblems(command));
  }
  if (commands.length === 0 && problems.length === 0) {
    problems.push({ message: 'the block holds no command', cure: `Begin a line with "${PROMPT}"`, place });
  }
  return { commands, problems };
}

const PLACEHOLDERS: readonly RegExp[] = [/<[A-Za-z][\w -]*>/, /x{4,}/i, /\bYOUR[-_ ]?\w+/, /…/];

function commandProblems(text: string, state: ReturnType<typeof completeness>, place: Place): Problem[] {
  const placeholder = PLACEHOLDERS.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  if (placeholder !== undefined) {
    return [
      {
        message: `the command holds the placeholder "${placeholder}"`,
        cure: 'Teach the form that finds the value, such as ID=$(sudo crictl ps -q --name kube-proxy)',
        place,
      },
    ];
  }
  switch (state.kind) {
    case 'complete':
      return text === text.trimEnd() || text.includes('\n')
        ? []
        : [{ message: 'the command ends in blanks', cure: 'Remove them', place }];
    case 'empty':
      return [
        {
          message: 'there is nothing to run after the prompt',
          cure: 'Write a command; a comment goes at the end of one',
          place,
        },
      ];
    case 'incomplete':
      return [
        {
          message: `the command never ends: the shell waits for ${state.waitingFor}`,
          cure: 'Close the quote, heredoc or compound command inside the block',
          place,
        },
      ];
    case 'error':
      return [{ message: `the shell refuses the command: ${state.message}`, cure: 'Try it in bash', place }];
  }
}

function outputProblems(command: Command): Problem[] {
  const said = command.output.filter((line) => line.trim() !== '');
  if (said.length > 0 && said.every((line) => line.trim() === '...' || line.trim() === '[..]')) {
    return [
      {
        message: 'the expected output is an elision only, so any answer would fit',
        cure: 'Keep at least one line that says what a healthy answer is, or use match=none with a reason',
        place: command.place,
      },
    ];
  }
  return [];
}
