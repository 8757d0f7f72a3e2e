import { describe, expect, it } from 'vitest';
import { World } from '../../shell/test-world.ts';
import { jq } from './jq.ts';
import recorded from './recorded/jq-1.6.json' with { type: 'json' };

function run(argv: readonly string[], input = '', files: Readonly<Record<string, string>> = {}) {
  return new World({ jq }, files).run(['jq', ...argv], { input });
}

describe('jq', () => {
  it.each(recorded)('$input | jq $option $program', ({ input, program, option, out, code, error }) => {
    const result = run([...(option === '' ? [] : [option]), program], `${input}\n`);
    expect([result.out.replace(/\n+$/, ''), result.code]).toEqual([out.replace(/\n+$/, ''), code]);
    if (error !== undefined) expect(result.error.trim()).toBe(error.trim());
  });

  it('knows variables, and where inputs come from', () => {
    expect(run(['-n', '-c', '--arg', 'a', '1', '--argjson', 'b', '{"x":2}', '[$a, $b.x, $ARGS.named.a]']).out).toBe(
      '["1",2,"1"]\n',
    );
    expect(run(['-c', '-s', '.'], '1 2\n3').out).toBe('[1,2,3]\n');
    expect(run(['-R', '.'], 'a\nb\n').out).toBe('"a"\n"b"\n');
    expect(run(['-Rs', '.'], 'a\nb\n').out).toBe('"a\\nb\\n"\n');
    expect(run(['-n', '[inputs]', '-c'], '1 2').out).toBe('[1,2]\n');
    expect(run(['.a', 'f'], '', { '/data/f': '{"a":1}' }).out).toBe('1\n');
    expect(run(['-n', '$ARGS.positional', '-c', '--args', 'a', 'b']).out).toBe('["a","b"]\n');
    expect(run(['.', 'nosuch'])).toMatchObject({
      error: 'jq: error: Could not open nosuch: No such file or directory\n',
      code: 2,
    });
  });
  it('writes as it is told', () => {
    expect(run(['-S', '-c', '.'], '{"b":1,"a":{"d":1,"c":2}}').out).toBe('{"a":{"c":2,"d":1},"b":1}\n');
    expect(run(['--tab', '.'], '[1]').out).toBe('[\n\t1\n]\n');
    expect(run(['--indent', '1', '.'], '[1]').out).toBe('[\n 1\n]\n');
    expect(run(['-j', '.[]'], '["a","b"]').out).toBe('ab');
    expect(run(['-a', '.'], '"é"').out).toBe('"\\u00e9"\n');
  });
  it('tells by its exit status', () => {
    expect(run(['-e', '.a'], '{"a":null}').code).toBe(1);
    expect(run(['-e', '.a'], '{"a":0}').code).toBe(0);
    expect(run(['-e', 'empty'], '1').code).toBe(4);
    expect(run(['--nosuch', '.'], '1')).toMatchObject({ error: 'jq: --nosuch is not simulated here\n', code: 2 });
  });
});
