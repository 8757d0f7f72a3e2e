import { describe, expect, it } from 'vitest';
import { loadAnswers, loadData } from './prove.ts';
import { parseData } from './scenario.ts';

const command = '{ name: list, run: kubectl get pods }';
const data = (commands: string, more = '') =>
  `scenarios:\n- name: one\n  about: pods\n  commands: [${commands}]\n${more}`;

describe('parseData', () => {
  it('reads a scenario and fills in what is usual', () => {
    expect(parseData(data(command))).toEqual({
      differences: [],
      ours: [],
      scenarios: [
        {
          name: 'one',
          about: 'pods',
          alone: false,
          commands: [{ name: 'list', run: 'kubectl get pods', match: 'lines', elide: [], leaveOut: [], timeout: 30 }],
        },
      ],
    });
  });

  it.each([
    ['an unknown key', data('{ name: list, run: x, matches: table }'), 'Unrecognized key: "matches"'],
    ['an unknown key of a scenario', data(command, '  namespace: x\n'), 'Unrecognized key: "namespace"'],
    ['two commands of one name', data(`${command}, ${command}`), 'two commands are called "list"'],
    ['a bad name', data('{ name: Get Pods, run: x }'), 'lower case with hyphens'],
    ['a pattern that is none', data("{ name: list, run: x, elide: ['('] }"), 'no regular expression'],
    [
      'contains without what to keep',
      data('{ name: list, run: x, match: contains }'),
      '"keep" belongs to match: contains',
    ],
    ['keep without contains', data('{ name: list, run: x, keep: [a] }'), '"keep" belongs to match: contains'],
    ['a retry without an end', data('{ name: list, run: x, retry: { seconds: 5 } }'), 'retry.until'],
    [
      'a difference of no command',
      data(command, 'differences: [{ command: other, reason: not simulated at all here }]\n'),
      'a difference is declared for "other", which is no command',
    ],
    ['a difference without a reason', data(command, 'differences: [{ command: list, reason: no }]\n'), 'reason'],
  ])('refuses %s', (_what, text, problem) => {
    expect(() => parseData(text)).toThrow(problem);
  });

  it('refuses two scenarios of one name', () => {
    const text = `${data(command)}- name: one\n  about: again\n  commands: [{ name: other, run: x }]\n`;
    expect(() => parseData(text)).toThrow('two scenarios are called "one"');
  });
});

describe('the list', () => {
  it('is well-formed, and large enough to mean something', async () => {
    const { scenarios } = await loadData();
    expect(scenarios.flatMap((scenario) => scenario.commands).length).toBeGreaterThanOrEqual(140);
  });

  it('has an answer of every command, recorded for the very command', async () => {
    const { scenarios } = await loadData();
    const stale: string[] = [];
    for (const scenario of scenarios) {
      const recorded = await loadAnswers(scenario);
      const names = recorded?.answers.map((answer) => answer.name);
      expect(names, scenario.name).toEqual(scenario.commands.map(({ name }) => name));
      for (const [index, { name, run }] of scenario.commands.entries()) {
        if (recorded?.answers[index]?.run.trimEnd() !== run.trimEnd()) stale.push(name);
      }
    }
    expect(stale).toEqual([]);
  });
});
