import { describe, expect, it } from 'vitest';
import { recordable, recordRules } from './record-rules.ts';
import { type ParityCommand, parseData } from './scenario.ts';

function command(more: string): ParityCommand {
  const { scenarios } = parseData(`scenarios: [{ name: s, about: a, commands: [{ name: c, run: x${more} }] }]`);
  const first = scenarios[0]?.commands[0];
  if (!first) throw new Error('there is one command');
  return first;
}
const plain = command('');

/** Each rule by an example, and what is left of it. */
const EXAMPLES: Readonly<Record<string, readonly [string, string]>> = {
  "the API server's address": ['is running at https://127.0.0.1:38233/api', 'is running at https://[..]/api'],
  'resource version': ['  "resourceVersion": "2432",', '  "resourceVersion": "[..]",'],
  'resource version in JSON of one line': ['{"resourceVersion":"2432","a":1}', '{"resourceVersion":"[..]","a":1}'],
  'node port in an object': ['  - nodePort: 31234', '  - nodePort: [..]'],
  'node port in a description': ['NodePort:    http  31234/TCP', 'NodePort:    http  [..]/TCP'],
  'pod-template-hash': ['app=a,pod-template-hash=6cd6c67ddb', 'app=a,pod-template-hash=[..]'],
  'pod-template-hash in JSON': ['"pod-template-hash": "6cd6c67ddb"', '"pod-template-hash": "[..]"'],
  "a node's processor": ['  kubernetes.io/arch=amd64', '  kubernetes.io/arch=[..]'],
  'name of an event': ['1   calm.18ea9cf83ce40c83', '1   calm.[..]'],
  token: ['eyJhbGci.eyJpc3Mi.c2ln end', '[..] end'],
  'image id': ['    Image ID:   docker.io/library/nginx@x', '    Image ID:   [..]'],
  'container id': [`  Container ID:  containerd://${'5'.repeat(64)}`, '  Container ID:  containerd://[..]'],
  digest: ['nginx@sha256:0123456789abcdef', 'nginx@[..]'],
  pull: ['Successfully pulled image "busybox" in 1s (2s)', 'Successfully pulled image "busybox" in [..]'],
  "diff's folder": ['--- /tmp/LIVE-12/v1.x\t2026-11-23', '--- [..]LIVE-[..]/v1.x\t[..]'],
  "diff's folder, its number": [
    'diff -u -N /tmp/LIVE-1/a /tmp/MERGED-2/a',
    'diff -u -N [..]LIVE-[..]/a [..]MERGED-[..]/a',
  ],
  "diff's time": ['+++ a\t2026-11-23 07:43:09', '+++ a\t[..]'],
};

describe('recordable', () => {
  it.each(recordRules.map((rule) => rule.name))('leaves out: %s', (name) => {
    const [printed = '', shown] = EXAMPLES[name] ?? [];
    expect(recordable(plain, [printed, 'more'])).toEqual([shown, 'more']);
  });

  it('leaves literal text alone', () => {
    const lines = ['port 31234 of https://kubernetes.io:443', 'generation: 1', 'observed 2 of 3'];
    expect(recordable(plain, lines)).toEqual(lines);
  });

  it('does what a command names: pieces, lines, and what to keep', () => {
    expect(recordable(command(", elide: ['b+']"), ['abbc'])).toEqual(['a[..]c']);
    expect(recordable(command(", leaveOut: ['^-']"), ['a', '-1', '-2', 'b'])).toEqual(['a', '...', 'b']);
    expect(recordable(command(", match: contains, keep: ['^a']"), ['b', 'a1', 'c', 'a2'])).toEqual(['a1', 'a2']);
  });

  it('refuses what only one machine shows, and an answer that says nothing', () => {
    expect(() => recordable(plain, ['Debian GNU/Linux 12'])).toThrow('an operating system');
    expect(() => recordable(command(", leaveOut: ['.']"), ['a', 'b'])).toThrow(
      'nothing of the answer would be compared',
    );
    expect(() => recordable(command(", match: contains, keep: ['z']"), ['a'])).toThrow('nothing of the answer');
    expect(recordable(plain, [])).toEqual([]);
  });
});
