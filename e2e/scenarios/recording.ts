import type { Sequence } from './sequences.ts';

/** What a real cluster showed in a scenario. */
export interface Recording {
  /** gitVersion of the cluster, such as `v1.36.4`. */
  readonly kubernetes: string;
  readonly sequences: readonly Sequence[];
}

const INDENT = '  ';

/** The text of a recording: for each aspect of a class how many objects went through which states, a line each. */
export function formatRecording({ kubernetes, sequences }: Recording): string {
  const head = `# What a kind cluster of Kubernetes ${kubernetes} shows; written by: node e2e/scenarios/main.ts --record\n`;
  const parts = sequences.map(({ check, count, states }) =>
    [`--- ${check}, ${count}`, ...states.map((state) => `${INDENT}${state.replaceAll('\n', '\\n')}`), ''].join('\n'),
  );
  return [head, ...parts].join('\n');
}

/** @throws Error for a text that `formatRecording` did not write */
export function parseRecording(text: string): Recording {
  const [head = '', ...lines] = text.split('\n');
  const kubernetes = /Kubernetes (v\d\S*) shows/.exec(head)?.[1];
  if (kubernetes === undefined) throw new Error(`the first line of the recording names no version: "${head}"`);
  const sequences: { check: string; count: number; states: string[] }[] = [];
  for (const line of lines) {
    const begin = /^--- (.+), (\d+)$/.exec(line);
    const current = sequences.at(-1);
    if (begin) sequences.push({ check: begin[1] ?? '', count: Number(begin[2]), states: [] });
    else if (line === '') continue;
    else if (current && line.startsWith(INDENT)) current.states.push(line.slice(INDENT.length).replaceAll('\\n', '\n'));
    else throw new Error(`neither an aspect of objects nor a state of it: "${line}"`);
  }
  return { kubernetes, sequences };
}
