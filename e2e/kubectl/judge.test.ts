import { describe, expect, it } from 'vitest';
import type { Answer } from './answers.ts';
import { judge } from './judge.ts';
import { type ParityCommand, parseData } from './scenario.ts';

const facts = { kubernetes: 'v1.36.4' };
const run = 'kubectl get pods';
const answer: Answer = {
  name: 'list',
  run,
  exit: 0,
  output: ['NAME       READY   STATUS    RESTARTS   AGE', 'alpha      1/1     Running   0          3s'],
};

function command(more = ''): ParityCommand {
  const { scenarios } = parseData(`scenarios: [{ name: s, about: a, commands: [{ name: list, run: ${run}${more} }] }]`);
  const first = scenarios[0]?.commands[0];
  if (!first) throw new Error('there is one command');
  return first;
}

const seen = (output: string, status: number | undefined = 0) => ({ output, status });
const right = 'NAME    READY   STATUS    RESTARTS   AGE\nalpha   1/1     Running   0          5m\n';

describe('judge', () => {
  it('lets ages and widths differ', () => {
    expect(judge(command(), answer, seen(right), facts)).toBeUndefined();
  });

  it('fails a wrong word, with the line', () => {
    const failure = judge(command(), answer, seen(right.replace('Running', 'Pending')), facts);
    expect(failure?.message).toContain('Running');
    expect(failure?.diff.map(({ kind }) => kind)).toEqual(['same', 'missing', 'extra']);
  });

  it('fails a line more, a line less and nothing at all', () => {
    for (const output of [`${right}beta   1/1   Running   0   5s\n`, `${right.split('\n')[0]}\n`, '']) {
      expect(judge(command(), answer, seen(output), facts)).toBeDefined();
    }
  });

  it('fails another status and a timeout', () => {
    expect(judge(command(), answer, seen(right, 1), facts)?.message).toBe(
      'it ended with status 1, on the real cluster with 0',
    );
    expect(judge(command(), answer, { output: right, status: undefined }, facts)?.message).toContain(
      'longer than 30 s',
    );
  });

  it('fails what was never recorded, or recorded for another command', () => {
    expect(judge(command(), undefined, seen(right), facts)?.message).toContain('never recorded');
    expect(judge(command(), { ...answer, run: 'kubectl get nodes' }, seen(right), facts)?.message).toContain(
      'another command was recorded',
    );
  });

  it('takes rows in any order for a table alone', () => {
    const two = { ...answer, output: [...answer.output, 'beta       1/1     Running   0          3s'] };
    const [head = '', alpha = ''] = right.split('\n');
    const turned = `${head}\nbeta    1/1     Running   0          5m\n${alpha}\n`;
    expect(judge(command(', match: table'), two, seen(turned), facts)).toBeUndefined();
    expect(judge(command(), two, seen(turned), facts)).toBeDefined();
  });
});
