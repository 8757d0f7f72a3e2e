import { describe, expect, it } from 'vitest';
import type { CommandBlock } from '#course/block/block.ts';
import { blockNotes } from './notes.ts';

const place = { file: 'a.mdx', line: 1, column: 1 };
const plain: CommandBlock = {
  id: 'nodes',
  on: 'host',
  terminal: 1,
  timeout: 30_000,
  retry: undefined,
  exit: 0,
  follow: undefined,
  match: 'lines',
  reason: undefined,
  cheat: undefined,
  needs: [],
  skip: undefined,
  cleanup: false,
  commands: [{ id: 'nodes-1', text: 'kubectl get nodes', output: ['cp1 Ready'], place }],
  place,
};
const said = (change: Partial<CommandBlock>) =>
  blockNotes({ ...plain, ...change }).map(({ lead, detail }) => (detail === undefined ? lead : `${lead} ${detail}`));

describe('blockNotes', () => {
  it('says nothing of a plain block', () => {
    expect(said({})).toEqual([]);
  });
  it('says what cluster a block needs, and that nobody recorded it there', () => {
    const needs = [{ property: 'cni', value: 'calico' } as const];
    expect(said({ needs })).toEqual(['Only on clusters with Calico']);
    expect(said({ needs, commands: [{ id: 'nodes-1', text: 'a', output: [], place }] })).toEqual([
      'Only on clusters with Calico',
      'Output not yet recorded',
    ]);
  });
  it('says that a command stays, fails or needs patience', () => {
    expect(said({ follow: { until: 'x' } })).toEqual(['Stays running: stop it with Ctrl+C']);
    expect(said({ exit: 1 })).toEqual(['Fails, as it should: its exit status is 1']);
    expect(said({ exit: 'nonzero' })).toEqual(['Fails, as it should: its exit status is not 0']);
    expect(said({ retry: 60_000 })).toEqual(['Not there yet? Repeat it; this can take up to 60 seconds']);
  });
  it('gives the author’s reasons', () => {
    expect(said({ match: 'none', reason: 'prints 900 lines' })).toEqual(['Output not compared: prints 900 lines']);
    expect(said({ skip: 'needs a browser' })).toEqual(['Not run by our checks: needs a browser']);
    expect(said({ cleanup: true })).toEqual(['Cleans up what this page made']);
  });
});
