import type { ParityCommand } from './scenario.ts';

/** What a command answered on the real cluster, as it is compared. */
export interface Answer {
  readonly name: string;
  /** The command that was recorded: another one needs another recording. */
  readonly run: string;
  readonly exit: number;
  readonly output: readonly string[];
}

/** The answers of one scenario. */
export interface Answers {
  /** gitVersion of the cluster that gave them, such as `v1.36.4`. */
  readonly kubernetes: string;
  readonly answers: readonly Answer[];
}

const INDENT = '  ';

/** The text of a file of answers: a head, then for each command its name and status, the command, and what it printed, indented. */
export function formatAnswers({ kubernetes, answers }: Answers): string {
  const head = `# What a kind cluster of Kubernetes ${kubernetes} answers; written by: node e2e/kubectl/main.ts --record\n`;
  const parts = answers.map(({ name, run, exit, output }) =>
    [
      `--- ${name}, exit ${exit}`,
      ...run
        .trimEnd()
        .split('\n')
        .map((line, index) => `${index === 0 ? '$' : '>'} ${line}`.trimEnd()),
      ...output.map((line) => (line === '' ? '' : INDENT + line)),
      '',
    ].join('\n'),
  );
  return [head, ...parts].join('\n');
}

/** @throws Error for a text that `formatAnswers` did not write */
export function parseAnswers(text: string): Answers {
  const [head = '', ...lines] = text.split('\n');
  const kubernetes = /Kubernetes (v\d\S*) answers/.exec(head)?.[1];
  if (kubernetes === undefined) throw new Error(`the first line of the answers names no version: "${head}"`);
  const answers: { name: string; run: string[]; exit: number; output: string[] }[] = [];
  for (const line of lines) {
    const begin = /^--- (\S+), exit (\d+)$/.exec(line);
    const current = answers.at(-1);
    if (begin) answers.push({ name: begin[1] ?? '', exit: Number(begin[2]), run: [], output: [] });
    else if (line === '') {
      // A command may hold an empty line only as `>`, so this one is output's.
      current?.output.push('');
    } else if (!current) throw new Error(`no command begins before the line "${line}"`);
    else if (line.startsWith(INDENT)) current.output.push(line.slice(INDENT.length));
    else if (/^[$>]( |$)/.test(line) && current.output.length === 0) current.run.push(line.slice(2));
    else throw new Error(`neither a command nor its output: "${line}"`);
  }
  return {
    kubernetes,
    answers: answers.map((answer) => ({
      ...answer,
      run: answer.run.join('\n'),
      output: withoutEmptyEnd(answer.output),
    })),
  };
}

/** True when an answer was recorded for the very command. */
export function isAnswerOf(answer: Answer, command: ParityCommand): boolean {
  const plain = (run: string) => run.trimEnd().replaceAll(/[ \t]+$/gm, '');
  return plain(answer.run) === plain(command.run);
}

function withoutEmptyEnd(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, end + 1);
}
