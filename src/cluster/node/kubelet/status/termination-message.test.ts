import { describe, expect, it } from 'vitest';
import { TestNode } from '../test-node.ts';

function message(args: readonly string[], more = {}): string | undefined {
  const node = new TestNode();
  node.start('pod', { args, ...more }, { restartPolicy: 'Never' });
  node.until(() => ['Failed', 'Succeeded'].includes(node.status('pod').phase ?? ''));
  return node.container('pod')?.state?.terminated?.message;
}

describe('the last words of a container', () => {
  it('are what it wrote to its file', () => {
    expect(message(['write /dev/termination-log why', 'exit 1'])).toBe('why');
    expect(message(['write /words why', 'exit 0'], { terminationMessagePath: '/words' })).toBe('why');
  });

  it('are none by itself', () => {
    expect(message(['say one', 'exit 1'])).toBeUndefined();
  });

  it('may be the end of its log when it failed', () => {
    const more = { terminationMessagePolicy: 'FallbackToLogsOnError' };
    expect(message(['say one', 'say two', 'exit 1'], more)).toBe('one\ntwo\n');
    expect(message(['say one', 'exit 0'], more)).toBeUndefined();
    expect(message(['say one', 'write /dev/termination-log why', 'exit 1'], more)).toBe('why');
    expect(message([`say ${'x'.repeat(3000)}`, 'exit 1'], more)).toHaveLength(2048);
  });
});
