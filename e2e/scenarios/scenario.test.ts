import { describe, expect, it } from 'vitest';
import { chosen, loadRecording, loadScenarios } from './prove.ts';
import { formatRecording, parseRecording } from './recording.ts';
import { parseOptional, parseScenario } from './scenario.ts';

const until = 'until: [{ object: pod a, value: Running 1/1 }]';
const scenario = (steps: string, more = '') => `name: one\nabout: pods\nsteps:\n${steps}\n${more}`;
const step = `- { name: go, run: kubectl get pods, ${until} }`;

describe('parseScenario', () => {
  it('adds what may be missed in any scenario', () => {
    const optional = "[{ object: pod *, value: 'Pending *', reason: 'nobody looks at it for so long' }]";
    const common = parseOptional(optional);
    expect(parseScenario(scenario(step), common).optional).toEqual([
      { object: 'pod *', track: 'status', value: 'Pending *', reason: 'nobody looks at it for so long' },
    ]);
  });

  it.each([
    ['an unknown key', scenario(step, 'namespace: x'), 'Unrecognized key: "namespace"'],
    ['two steps of one name', scenario(`${step}\n${step}`), 'two steps are called "go"'],
    ['a step that does nothing', scenario(`- { name: go, ${until} }`), 'does not say one of run, node, unit'],
    ['a step that waits for nothing', scenario('- { name: go, run: x }'), 'steps.0.until'],
    [
      'a rule of no step',
      scenario(step, 'rules: [{ says: so, from: gone, always: { object: pod a, value: x, atMost: 1 } }]'),
      'names no step: "gone"',
    ],
    ['a rule that says nothing', scenario(step, 'rules: [{ says: so }]'), 'says not one of always, order'],
    [
      'an optional state without a reason',
      scenario(step, 'optional: [{ object: pod a, value: x }]'),
      'optional.0.reason',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseScenario(text)).toThrow(message);
  });
});

describe('the scenarios', () => {
  it('are recorded, every one', async () => {
    for (const each of await loadScenarios()) {
      expect((await loadRecording(each))?.sequences.length, each.name).toBeGreaterThan(5);
    }
  });

  it('are chosen by their names', async () => {
    const all = await loadScenarios();
    expect(chosen(all, [])).toBe(all);
    expect(chosen(all, ['crash-loop']).map(({ name }) => name)).toEqual(['crash-loop']);
    expect(() => chosen(all, ['nonsense'])).toThrow('No scenario is called "nonsense". The scenarios are ');
  });
});

it('a recording is read as it was written', () => {
  const sequences = [
    { check: 'pod web-A-*: status', count: 2, states: ['Pending 0/1', 'Running 1/1, restarts: 2'] },
    { check: 'pod web-A-*: events of kubelet', count: 1, states: ['Warning Failed: a\nb'] },
  ];
  const recording = { kubernetes: 'v1.36.4', sequences };
  expect(parseRecording(formatRecording(recording))).toEqual(recording);
  expect(() => parseRecording('# of nothing')).toThrow('names no version');
});
