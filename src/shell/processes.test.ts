import { describe, expect, it } from 'vitest';
import { BUSYBOX, GNU } from '../tools/coreutils/index.ts';
import { shellProgram } from './program.ts';
import { type Run, World } from './test-world.ts';

const PROGRAMS = { ...GNU, bash: shellProgram('bash'), sh: shellProgram('dash') };
const TERMINAL = { columns: 80, rows: 24 };

/** A machine whose first process is another: signals have their usual effects on what is started. */
function worldWithInit(programs = PROGRAMS): World {
  const world = new World({ ...programs });
  world.start(['sleep', 'infinity']);
  world.kernel.runFor(0);
  return world;
}

function commands(world: World): readonly string[] {
  return world.pids
    .tableFor(0)
    .rows()
    .slice(1)
    .map(({ argv }) => argv.join(' '));
}

describe('a pipeline', () => {
  it('shows what comes while it comes', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', '(for i in 1 2 3; do echo tick $i; echo no; sleep 1; done) | grep tick']);
    world.kernel.runFor(500);
    expect(run.out()).toBe('tick 1\n');
    world.kernel.runFor(1_000);
    expect(run.out()).toBe('tick 1\ntick 2\n');
    world.kernel.runFor(3_000);
    expect(run.exit()).toEqual({ code: 0 });
  });
  it('ends its writers when nobody reads any more', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's to expand
    const { out, code } = worldWithInit().run(['bash', '-c', 'yes | head -2; echo ${PIPESTATUS[@]}']);
    expect([out, code]).toEqual(['y\ny\n141 0\n', 0]);
    const loop = worldWithInit().run(['bash', '-c', 'while true; do echo y; done | head -1; seq 1000000 | head -1']);
    expect(loop.out).toBe('y\n1\n');
  });
  it('does not wait for what has let go of its end', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', '(sleep 100 > /dev/null & echo here) | cat; echo after']);
    world.kernel.runFor(1_000);
    expect(run.out()).toBe('here\nafter\n');
  });
  it('waits for what holds its end', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', '(sleep 10 & echo here) | cat; echo after']);
    world.kernel.runFor(9_000);
    expect(run.out()).toBe('here\n');
    world.kernel.runFor(2_000);
    expect(run.out()).toBe('here\nafter\n');
  });
  it('reads what a substituted process writes, while it writes', () => {
    const world = worldWithInit();
    const run = world.start([
      'bash',
      '-c',
      'while read x; do echo "<$x>"; done < <(for i in 1 2; do echo $i; sleep 1; done)',
    ]);
    world.kernel.runFor(500);
    expect(run.out()).toBe('<1>\n');
    world.kernel.runFor(2_000);
    expect([run.out(), run.exit()]).toEqual(['<1>\n<2>\n', { code: 0 }]);
  });
  it('follows a file as it grows', () => {
    const world = worldWithInit();
    world.files.writeText('/data/log', 'a\n');
    const run = world.start(['bash', '-c', 'tail -n 1 -f log | grep --line-buffered b']);
    world.kernel.runFor(1_000);
    world.files.writeText('/data/log', 'ab\nx\n', { append: true });
    world.kernel.runFor(1_000);
    expect(run.out()).toBe('ab\n');
    expect(run.exit()).toBeUndefined();
  });
});

describe('signals', () => {
  it('TERM does nothing to a shell that is the first process, unless it is trapped', () => {
    const world = new World(PROGRAMS);
    const run = world.start(['sh', '-c', 'while true; do sleep 1; done']);
    world.kernel.runFor(2_500);
    world.signal(run, 'TERM');
    world.kernel.runFor(10_000);
    expect(run.exit()).toBeUndefined();
    const trapping = new World(PROGRAMS);
    const other = trapping.start(['sh', '-c', "trap 'echo bye; exit 0' TERM; while true; do sleep 1; done"]);
    trapping.kernel.runFor(2_500);
    trapping.signal(other, 'TERM');
    trapping.kernel.runFor(400);
    expect(other.exit()).toBeUndefined();
    trapping.kernel.runFor(200);
    expect([other.out(), other.exit()]).toEqual(['bye\n', { code: 0 }]);
  });
  it('the last command takes the place of its shell', () => {
    const world = new World(PROGRAMS);
    world.start(['sh', '-c', 'cd /; sleep 100']);
    world.kernel.runFor(10);
    expect(world.pids.tableFor(0).rows()).toMatchObject([{ pid: 1, argv: ['sleep', '100'] }]);
  });
  it('a trap is carried out at once while the shell only waits', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', "trap 'echo caught' USR1; sleep 100 & wait; echo $?; kill $!"]);
    world.kernel.runFor(1_000);
    world.signal(run, 'USR1');
    world.kernel.runFor(100);
    expect(run.out()).toBe('caught\n138\n');
  });
  it('of bash carry out its EXIT trap before they end it', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', "trap 'echo cleaned' EXIT; sleep 100; echo never"]);
    world.kernel.runFor(1_000);
    world.signal(run, 'TERM');
    world.kernel.runFor(100);
    expect([run.out(), run.exit()]).toEqual(['cleaned\n', { code: 143, signal: 'TERM' }]);
  });
  it('end what does not handle them, and its shell tells', () => {
    const run = worldWithInit().run(['bash', '-c', 'sleep 100 & sleep 1; kill -9 $!; wait $!; echo $?']);
    expect(run.out).toBe('137\n');
    expect(run.error).toMatch(/^bash: line 1: +\d+ Killed {18}sleep 100\n$/);
  });
  it('a child that killed itself gives its shell 128 and the number', () => {
    const { out } = worldWithInit().run([
      'bash',
      '-c',
      "bash -c 'kill -INT $$'; echo $?; sh -c 'kill -KILL $$'; echo $?",
    ]);
    expect(out).toBe('130\n137\n');
  });
});

describe('somebody who types', () => {
  function type(world: World, run: Run, text: string, milliseconds = 100): void {
    run.input.write(text);
    world.kernel.runFor(milliseconds);
  }
  function session(shell = 'bash', programs: typeof PROGRAMS = PROGRAMS) {
    const world = worldWithInit(programs);
    const run = world.start([shell], { terminal: TERMINAL, env: { PS1: '$ ' } });
    world.kernel.runFor(100);
    let seen = 0;
    return {
      world,
      run,
      type: (text: string, milliseconds?: number) => type(world, run, text, milliseconds),
      /** What is new on the screen. */
      shown: () => {
        const text = run.out().slice(seen);
        seen = run.out().length;
        return text;
      },
    };
  }

  it('is asked for the next command, for the rest of one, and told what is wrong', () => {
    const { type, shown, run } = session();
    expect(shown()).toBe('$ ');
    type('echo hi\n');
    expect(shown()).toBe('hi\n$ ');
    type('for i in 1 2\n');
    expect(shown()).toBe('> ');
    type('do echo $i; done\n');
    expect(shown()).toBe('1\n2\n$ ');
    type('cat <<EOF\na $((1+1))\nEOF\n');
    expect(shown()).toBe('> > a 2\n$ ');
    type('echo )\nnope\ncd nope\n');
    expect(shown()).toBe(
      "bash: syntax error near unexpected token `)'\n$ bash: nope: command not found\n$ bash: cd: nope: No such file or directory\n$ ",
    );
    type('echo $?\n');
    expect(shown()).toBe('1\n$ ');
    type("alias hey='echo hello'\nhey you\n");
    expect(shown()).toBe('$ hello you\n$ ');
    type('exit 3\n');
    expect([shown(), run.exit()]).toEqual(['exit\n', { code: 3 }]);
  });
  it('interrupts a command with all that it started, and what was typed', () => {
    const { type, shown, run, world } = session();
    type('sleep 100 | cat; echo never\n');
    world.signal(run, 'INT');
    world.kernel.runFor(100);
    expect(shown()).toBe('$ \n$ ');
    expect(commands(world)).toEqual(['bash']);
    type('echo $?\n');
    expect(shown()).toBe('130\n$ ');
    type('bash -c "sleep 100; echo never"\n');
    world.signal(run, 'INT');
    type('while true; do :; done\n', 300);
    world.signal(run, 'INT');
    world.kernel.runFor(100);
    expect(shown()).toBe('\n$ \n$ ');
    type('timeout 50 sleep 100\n');
    world.signal(run, 'INT');
    world.kernel.runFor(100);
    expect(commands(world)).toEqual(['bash']);
    shown();
    type('for i in 1 2\n');
    world.signal(run, 'INT');
    world.kernel.runFor(100);
    expect(shown()).toBe('> \n$ ');
  });
  it('has jobs in the background', () => {
    const { type, shown, world } = session();
    type('sleep 5 &\n');
    expect(shown()).toMatch(/^\$ \[1\] \d+\n\$ $/);
    type('jobs\n');
    expect(shown()).toBe('[1]+  Running                 sleep 5 &\n$ ');
    world.kernel.runFor(6_000);
    type('echo next\n');
    expect(shown()).toBe('next\n[1]+  Done                    sleep 5\n$ ');
    type('sleep 3 &\nfg\n', 2_000);
    expect(shown()).toMatch(/sleep 3\n$/);
    world.kernel.runFor(2_000);
    expect(shown()).toBe('$ ');
    type('sleep 100 & sleep 200 &\nkill %1\n');
    type('\n');
    expect(shown()).toMatch(/\[1\]- {2}Terminated {14}sleep 100\n\$ $/);
  });
  it('is not left by TERM, but by the end of the input', () => {
    const { run, world, shown } = session();
    world.signal(run, 'TERM');
    world.kernel.runFor(100);
    expect(run.exit()).toBeUndefined();
    run.input.end();
    world.kernel.runFor(100);
    expect([shown(), run.exit()]).toEqual(['$ exit\n', { code: 0 }]);
  });
  it('sees the prompt of each shell', () => {
    const ash = new World({ ...BUSYBOX, sh: shellProgram('ash') });
    const run = ash.start(['sh'], { terminal: TERMINAL });
    type(ash, run, 'cd /tmp\ncd\n');
    expect(run.out()).toBe('/data # /tmp # ~ # ');
    const bash = new World(PROGRAMS);
    bash.files.writeText('/root/.bashrc', "PS1='\\u@\\h:\\w\\$ '\n");
    const other = bash.start(['bash'], { terminal: TERMINAL });
    type(bash, other, 'cd ~\n');
    expect(other.out()).toBe('root@box:/data# root@box:~# ');
  });
});

describe('time', () => {
  it('passes while a loop only counts', () => {
    const world = worldWithInit();
    const run = world.start(['bash', '-c', 'while true; do :; done']);
    world.kernel.runFor(20);
    expect(run.exit()).toBeUndefined();
    expect(world.run(['bash', '-c', 'i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; echo $i']).out).toBe('5000\n');
  });
  it('is waited for as long as a command was given', () => {
    const world = worldWithInit();
    const start = world.kernel.now;
    const { out, code } = world.run(['bash', '-c', 'read -t 2 x; echo $?; timeout 3 sleep 100; echo $?']);
    expect([out, code]).toEqual(['1\n124\n', 0]);
    expect(world.kernel.now - start).toBeGreaterThanOrEqual(3_000);
    expect(world.kernel.now - start).toBeLessThan(3_100);
  });
});

describe('a script', () => {
  it('comes from a file with its interpreter, or from standard input, which its commands read too', () => {
    const world = worldWithInit();
    world.files.writeText('/data/run', '#!/bin/bash -e\necho "$0 $1"\nfalse\necho never\n', { mode: 0o755 });
    expect(world.run(['bash', '-c', './run a; echo $?']).out).toBe('./run a\n1\n');
    const run = world.start(['bash'], { input: 'read x\nline\necho "[$x]"\ncat\nthe rest\n' });
    world.kernel.runFor(100);
    expect(run.out()).toBe('[line]\nthe rest\n');
  });
  it('names its lines', () => {
    const world = worldWithInit();
    world.files.writeText('/data/s.sh', 'echo one\n\nnope\nif true; then\n  cd /nope\nfi\necho )\n');
    const { out, error, code } = world.run(['bash', 's.sh']);
    expect([out, code]).toEqual(['one\n', 2]);
    expect(error).toBe(
      "s.sh: line 3: nope: command not found\ns.sh: line 5: cd: /nope: No such file or directory\ns.sh: line 7: syntax error near unexpected token `)'\ns.sh: line 7: `echo )'\n",
    );
  });
  it('says what is not simulated', () => {
    const { error, code } = worldWithInit().run([
      'bash',
      '-c',
      'ls --foo; echo $? >&2; cat >(echo a); select x in a; do :; done',
    ]);
    expect(error).toContain('ls: --foo is not simulated here\n2\n');
    expect(error).toContain('>(echo a) is not simulated here');
    expect(code).toBe(1);
  });
});
