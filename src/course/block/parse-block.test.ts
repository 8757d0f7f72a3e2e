import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problem.ts';
import { isUnrecorded } from './block.ts';
import { parseBlock, parseSample } from './parse-block.ts';

const FILE = 'content/modules/02-x/01-y.mdx';

function parse(meta: string, body: string) {
  const place = { file: FILE, line: 10, column: 1 };
  const { block, problems } = parseBlock({ meta, body, place, metaPlace: { ...place, column: 12 } });
  return { block, errors: problems.map(formatProblem) };
}

describe('a console fence', () => {
  it('is commands and their output', () => {
    const { block, errors } = parse(
      'id=apiserver-pod match=table cheat="Is the API server running?"',
      '$ kubectl get pods -n kube-system | grep apiserver\nkube-apiserver-cp1   1/1   Running   0   10m',
    );
    expect(errors).toEqual([]);
    expect(block).toMatchObject({
      id: 'apiserver-pod',
      on: 'host',
      terminal: 1,
      timeout: 30_000,
      retry: undefined,
      exit: 0,
      match: 'table',
      cheat: 'Is the API server running?',
      needs: [],
      cleanup: false,
    });
    expect(block?.commands).toEqual([
      {
        id: 'apiserver-pod-1',
        text: 'kubectl get pods -n kube-system | grep apiserver',
        output: ['kube-apiserver-cp1   1/1   Running   0   10m'],
        place: { file: FILE, line: 11, column: 1 },
      },
    ]);
  });

  it('reads every key', () => {
    const { block, errors } = parse(
      `id=a on=w1 terminal=2 timeout=2m retry=90s exit=nonzero match=contains needs="cni=calico, k8s>=1.35" cleanup skip='no'`,
      '$ ls',
    );
    expect(errors).toEqual([]);
    expect(block).toMatchObject({
      on: 'w1',
      terminal: 2,
      timeout: 120_000,
      retry: 90_000,
      exit: 'nonzero',
      match: 'contains',
      needs: [
        { property: 'cni', value: 'calico' },
        { property: 'k8s', atLeast: [1, 35] },
      ],
      cleanup: true,
      skip: 'no',
    });
  });

  it('lets the shell decide where a command ends', () => {
    const body = [
      '$ sudo etcdctl \\',
      '  member list',
      'a, started',
      '$ for i in 1 2; do',
      '  echo $i',
      'done',
      '1',
      '2',
    ];
    const { block } = parse('id=a', body.join('\n'));
    expect(block?.commands.map(({ id, text, output }) => [id, text, output])).toEqual([
      ['a-1', 'sudo etcdctl \\\n  member list', ['a, started']],
      ['a-2', 'for i in 1 2; do\n  echo $i\ndone', ['1', '2']],
    ]);
  });

  it('reads an escaped prompt as output, keeps blank lines inside and drops them at the end', () => {
    const { block } = parse('id=a', '$ cat notes\n\\$ ls\n\nend\n\n$ true');
    expect(block?.commands[0]?.output).toEqual(['$ ls', '', 'end']);
    expect(block?.commands[1]?.output).toEqual([]);
  });

  it('follows a command that does not end', () => {
    const { block, errors } = parse(`id=a follow until='pod="default/test"'`, '$ kubectl logs -f x');
    expect(errors).toEqual([]);
    expect(block?.follow).toEqual({ until: 'pod="default/test"' });
  });

  it('is unrecorded when it waits for a cluster that nobody had', () => {
    expect(isUnrecorded(parse('id=a needs="cni=calico"', '$ ls').block as never)).toBe(true);
    expect(isUnrecorded(parse('id=a needs="k8s>=1.35"', '$ ls\nx').block as never)).toBe(false);
    expect(isUnrecorded(parse('id=a', '$ true').block as never)).toBe(false);
  });
});

describe('a broken fence names its place and the cure', () => {
  const at = (line: number, column: number) => `${FILE}:${line}:${column}: `;
  it.each([
    ['id=a colour=red', '$ ls', `${at(10, 17)}unknown key "colour"`],
    ['id=a timout=3s', '$ ls', 'Did you mean "timeout"?'],
    ['match=lines', '$ ls', `${at(10, 1)}the command block has no id`],
    ['id=Apiserver', '$ ls', 'the key "id" is "Apiserver"'],
    ['id=a id=b', '$ ls', `${at(10, 17)}the key "id" stands twice`],
    ['id=a cheat="open', '$ ls', `${at(10, 17)}the quote " is never closed`],
    ['id=a =b', '$ ls', '"=b" is no key'],
    ['id=a on=w3', '$ ls', 'Use one of host, cp1, w1, w2'],
    ['id=a timeout=fast', '$ ls', 'Write a time such as 30s or 2m'],
    ['id=a timeout=0s', '$ ls', 'Write a time such as 30s or 2m'],
    ['id=a exit=999', '$ ls', 'exit=nonzero'],
    ['id=a cleanup=yes', '$ ls', 'takes no value'],
    ['id=a needs="gpu"', '$ ls', 'does not know "gpu"'],
    ['id=a follow', '$ ls -f', '"follow" has no "until"'],
    ['id=a until=x', '$ ls', '"until" stands without "follow"'],
    ['id=a match=none', '$ ls', 'match=none has no reason'],
    ['id=a reason="why"', '$ ls', '"reason" explains match=none only'],
    ['id=a skip=""', '$ ls', 'the key "skip" has no value'],
    ['id=a exit=1', '$ ls\n$ pwd', 'a block with "exit" holds exactly one command, this one holds 2'],
    ['id=a', 'output first\n$ ls', `${at(11, 1)}"output first" stands before the first command`],
    ['id=a', '', 'the block holds no command'],
    ['id=a', '$ # only a comment', 'there is nothing to run after the prompt'],
    ['id=a', "$ echo 'open\noutput", `${at(11, 1)}the command never ends`],
    ['id=a', '$ ls )', 'the shell refuses the command'],
    ['id=a', '$ sudo crictl inspect <container-id>', 'the placeholder "<container-id>"'],
    ['id=a', '$ kubectl logs kube-proxy-xxxxx', 'the placeholder "xxxxx"'],
    ['id=a', '$ ls\n...', `${at(11, 1)}the expected output is an elision only`],
    ['id=a', '$ ls\n[..]\n...', 'the expected output is an elision only'],
  ])('%s', (meta, body, said) => {
    expect(parse(meta, body).errors.join('\n')).toContain(said);
  });

  it('reports several at once', () => {
    expect(parse('id=a on=w9 colour=red', '$ ls )').errors).toHaveLength(3);
  });
});

describe('a sample fence', () => {
  const place = { file: FILE, line: 3, column: 1 };
  const sample = (meta: string) => parseSample({ meta, body: 'text', place, metaPlace: { ...place, column: 11 } });
  it('carries its reason', () => {
    expect(sample('reason="typed by hand"').sample).toEqual({ reason: 'typed by hand', text: 'text', place });
  });
  it('refuses to be without one, and other keys', () => {
    expect(sample('').problems[0]?.message).toBe('the sample has no reason');
    expect(sample('reason="x" id=a').problems[0]?.message).toBe('unknown key "id" of a sample');
  });
});
