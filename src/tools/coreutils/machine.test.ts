import { describe, expect, it } from 'vitest';
import { shellProgram } from '../../shell/program.ts';
import { World } from '../../shell/test-world.ts';
import { BUSYBOX, GNU } from './index.ts';

const LEARNER = { uid: 1000, gid: 1000, groups: [] };
const USERS = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nlearner:x:1000:1000::/home/learner:/bin/bash\n',
  '/etc/group': 'root:x:0:\nlearner:x:1000:\n',
  '/etc/sudoers.d/learner': 'learner ALL=(ALL) NOPASSWD:ALL\n',
};
const gnu = { ...GNU, bash: shellProgram('bash'), sh: shellProgram('dash') };
const busybox = { ...BUSYBOX, sh: shellProgram('ash') };
const TERMINAL = { columns: 20, rows: 24 };

describe('ps', () => {
  it('shows the processes of its namespace', () => {
    const world = new World(busybox, USERS);
    world.start(['sleep', '100']);
    const { out } = world.run(['sh', '-c', 'ps; ps -o pid,ppid,comm']);
    expect(out).toBe(
      'PID   USER     TIME  COMMAND\n    1 root      0:00 sleep 100\n    2 root      0:00 sh -c ps; ps -o pid,ppid,comm\n    3 root      0:00 ps\n' +
        '    PID    PPID COMMAND\n      1       0 sleep\n      2       0 ps\n',
    );
  });
  it('shows what it is asked for', () => {
    const world = new World(gnu, USERS);
    world.start(['sleep', '100']);
    world.kernel.runFor(65_000);
    expect(world.run(['ps', '-o', 'pid=,etime,args', '-p', '1']).out).toBe(
      '            ELAPSED COMMAND\n      1       01:05 sleep 100\n',
    );
    expect(world.run(['bash', '-c', 'ps -o ppid= -p $$']).out).toBe('      0\n');
    expect(world.run(['ps', '-o', 'rss']).error).toBe('ps: -o rss is not simulated here\n');
    expect(world.run(['ps', '-ef']).out).toContain('root           1       0  0 06:00 ?        00:00:00 sleep 100\n');
  });
});

describe('kill and its like', () => {
  it('find processes and end them', () => {
    const world = new World(gnu, USERS);
    world.start(['sleep', 'infinity']);
    const run = world.start(['sleep', '100']);
    world.kernel.runFor(10);
    expect(world.run(['pgrep', '-a', 'sleep']).out).toBe('1 sleep infinity\n2 sleep 100\n');
    expect(world.run(['kill', '-9', '2']).code).toBe(0);
    expect(run.exit()).toEqual({ code: 137, signal: 'KILL' });
    expect(world.run(['kill', '2'])).toMatchObject({ code: 1, error: "kill: can't kill pid 2: No such process\n" });
    expect(world.run(['kill', '1'], { credentials: LEARNER }).error).toBe(
      "kill: can't kill pid 1: Operation not permitted\n",
    );
  });
});

describe('sudo', () => {
  it('runs a command as root for those who may', () => {
    const world = new World(gnu, USERS);
    world.files.mkdir('/home/learner', { recursive: true });
    const run = (...argv: string[]) =>
      world.run(argv, { credentials: LEARNER, env: { A: '1', HOME: '/home/learner' } });
    expect(run('bash', '-c', 'whoami; sudo whoami; sudo -u learner id -un; sudo env | grep -cE "^(A|KUBE)="').out).toBe(
      'learner\nroot\nlearner\n0\n',
    );
    expect(
      run('bash', '-c', 'cat /etc/sudoers.d/learner > /root/x; echo $?; echo hi | sudo tee /root/x; sudo cat /root/x')
        .out,
    ).toBe('1\nhi\nhi\n');
    expect(run('sudo', '-i', 'pwd').out).toBe('/root\n');
    expect(run('sudo', 'nope')).toMatchObject({ code: 1, error: 'sudo: nope: command not found\n' });
    expect(run('sudo', 'sh', '-c', 'exit 7').code).toBe(7);
    world.files.unlink('/etc/sudoers.d/learner');
    expect(run('sudo', '-n', 'true')).toMatchObject({ code: 1, error: 'sudo: a password is required\n' });
  });
});

describe('a terminal', () => {
  it('shows names in columns, and in colours where they are asked for', () => {
    const files = { '/data/aaa': '', '/data/bb': '', '/data/cccc': '', '/data/d/x': '' };
    const world = new World(gnu, files);
    expect(world.run(['ls'], { terminal: TERMINAL }).out).toBe('aaa  bb  cccc  d\n');
    expect(world.run(['ls'], { terminal: { columns: 10, rows: 5 } }).out).toBe('aaa  cccc\nbb   d\n');
    expect(world.run(['ls', '--color=auto'], { terminal: { columns: 0, rows: 0 } }).out).toBe(
      'aaa  bb  cccc  \x1b[0m\x1b[01;34md\x1b[0m\n',
    );
    expect(world.run(['ls', '--color=auto']).out).toBe('aaa\nbb\ncccc\nd\n');
    expect(world.run(['grep', '--color=always', 'bas', '/etc/passwd', '-m1', '-o']).out).toBe(
      '\x1b[01;31m\x1b[Kbas\x1b[m\x1b[K\n',
    );
  });
  it('is filled anew by watch', () => {
    const world = new World(gnu);
    const run = world.start(['watch', '-n', '2', 'echo', 'hi'], { terminal: TERMINAL });
    world.kernel.runFor(2_500);
    const screens = run.out().split('\x1b[H\x1b[2J').slice(1);
    expect(screens).toHaveLength(2);
    expect(screens[1]).toMatch(/^Every 2\.0s: echo hi box: Mon Nov 23 06:00:02 2026\n\nhi\n$/);
  });
});

describe('tail -F', () => {
  it('waits for a file, and follows the one that takes its place', () => {
    const world = new World(gnu);
    const run = world.start(['tail', '-F', 'log']);
    world.kernel.runFor(1_500);
    world.files.writeText('/data/log', 'a\n');
    world.kernel.runFor(2_000);
    world.files.writeText('/data/log', 'b\n', { append: true });
    world.kernel.runFor(100);
    world.files.rename('/data/log', '/data/log.1');
    world.files.writeText('/data/log', 'c\n');
    world.kernel.runFor(2_000);
    expect(run.out().replace(/^a\n/, '')).toBe('b\nc\n');
    expect(run.error()).toContain("'log' has been replaced;  following new file");
  });
});
