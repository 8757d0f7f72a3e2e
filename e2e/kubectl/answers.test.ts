import { describe, expect, it } from 'vitest';
import { machineStringProblems } from '#course/block/machine-strings.ts';
import { type Answers, formatAnswers, parseAnswers } from './answers.ts';
import { loadAnswers, loadData } from './prove.ts';

const answers: Answers = {
  kubernetes: 'v1.36.4',
  answers: [
    {
      name: 'list',
      run: 'kubectl get pods',
      exit: 0,
      output: ['NAME', '', '  indented', '--- no head', '$ no command'],
    },
    { name: 'heredoc', run: "kubectl apply -f - <<'Y'\na: b\n\n  c: d\nY", exit: 1, output: [] },
    { name: 'last', run: 'true', exit: 124, output: ['> text'] },
  ],
};

describe('a file of answers', () => {
  it('is read as it was written, whatever the outputs look like', () => {
    expect(parseAnswers(formatAnswers(answers))).toEqual(answers);
  });

  it('names the release in its first line', () => {
    expect(formatAnswers(answers).split('\n')[0]).toContain('Kubernetes v1.36.4');
    expect(() => parseAnswers('--- list, exit 0\n')).toThrow('names no version');
  });

  it('is refused where it is neither a command nor its output', () => {
    expect(() => parseAnswers(`${formatAnswers(answers)}stray\n`)).toThrow('"stray"');
  });
});

it('the recorded answers show nothing of the machine that recorded them', async () => {
  const { scenarios } = await loadData();
  for (const scenario of scenarios) {
    const recorded = await loadAnswers(scenario);
    const lines = recorded?.answers.flatMap((answer) => answer.output) ?? [];
    const place = { file: scenario.name, line: 1, column: 1 };
    expect(machineStringProblems(lines, place)).toEqual([]);
    expect(lines.filter((line) => /\b(?:amd64|arm64)\b|BEGIN [A-Z ]+-----|eyJ[\w-]+\.eyJ/.test(line))).toEqual([]);
  }
});
