import { describe, expect, it } from 'vitest';
import { completeness } from './completeness.ts';

describe('completeness', () => {
  it.each([
    'kubectl get nodes',
    'kubectl get pods | grep etcd # why',
    "jsonpath='{.status.podIP}'",
    'for i in 1 2; do\n  echo $i\ndone',
    'cat <<EOF\nhi\nEOF',
    "cat <<'END' | wc -l\n$a\nEND",
    'sudo etcdctl \\\n  member list',
    'echo "a\nb"',
    'echo a \\\\',
    'ID=$(sudo crictl ps -q --name kube-proxy)',
  ])('%j is a whole command', (text) => {
    expect(completeness(text)).toEqual({ kind: 'complete' });
  });

  it.each([
    'sudo etcdctl \\',
    "echo 'a",
    'echo "a',
    'cat <<EOF',
    'cat <<EOF\nhi',
    'for i in 1 2; do',
    'for i in 1 2; do echo $i',
    'if true; then',
    'ls |',
    'ls &&',
    'echo $(ls',
    '(ls',
    '{ ls',
    'case x in',
  ])('%j waits for more', (text) => {
    expect(completeness(text).kind).toBe('incomplete');
  });

  it.each(['ls )', 'done', 'fi', 'kubectl get <pod>', 'ls | | wc'])('%j is refused', (text) => {
    expect(completeness(text).kind).toBe('error');
  });

  it.each(['', '   ', '# only a comment', '# ends in a backslash \\'])('%j holds nothing to run', (text) => {
    expect(completeness(text).kind).toBe('empty');
  });
});
