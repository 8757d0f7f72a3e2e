import { afterEach, describe, expect, it } from 'vitest';
import { CommandTimeout, Terminal, TerminalClosed } from './terminal.ts';

const bash = { file: 'bash', args: ['--noprofile', '--norc'], env: process.env };
const open: Terminal[] = [];
const terminal = async () => {
  const made = await Terminal.open(bash, `test-${open.length}`);
  open.push(made);
  return made;
};
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

describe('Terminal', () => {
  it('runs a command as typed and knows its output and status', async () => {
    const shell = await terminal();
    expect(await shell.run('echo hello; false', 5000)).toEqual({ output: 'hello\r\n', dropped: 0, status: 1 });
    expect((await shell.run('(exit 7)', 5000)).status).toBe(7);
  });
  it('keeps variables, the directory and the last status', async () => {
    const shell = await terminal();
    await shell.run('cd /; X=1; (exit 3)', 5000);
    expect((await shell.run('echo "$? $PWD $X"', 5000)).output).toBe('3 / 1\r\n');
  });
  it('takes heredocs and loops that span lines', async () => {
    const shell = await terminal();
    expect((await shell.run("cat <<'EOF'\n$HOME\n  two\nEOF", 5000)).output).toBe('$HOME\r\n  two\r\n');
    expect((await shell.run('for i in 1 2\ndo echo $i\ndone', 5000)).output).toBe('1\r\n2\r\n');
  });
  it('is a terminal of 200 columns without echo, colours and pagers', async () => {
    const shell = await terminal();
    const { output } = await shell.run('stty size; echo "$TERM $PAGER $SYSTEMD_PAGER"; [ -t 1 ] && echo tty', 5000);
    expect(output).toBe('50 200\r\ndumb cat cat\r\ntty\r\n');
  });
  it('needs no newline at the end', async () => {
    const shell = await terminal();
    expect((await shell.run("printf 'no end'", 5000)).output).toBe('no end');
  });
  it('does not take a prompt or a mark inside the output for its own', async () => {
    const shell = await terminal();
    const said = "printf '\\036abc 1 0\\037bash-5.2$ \\036'";
    expect((await shell.run(said, 5000)).output).toBe('\u001eabc 1 0\u001fbash-5.2$ \u001e');
    expect((await shell.run('set | grep -c PROMPT_COMMAND=', 5000)).output).toBe('1\r\n');
    expect((await shell.run('echo next', 5000)).output).toBe('next\r\n');
  });
  it('joins characters that are cut between two reads', async () => {
    const shell = await terminal();
    const cut = "printf '\\342\\227'; sleep 0.2; printf '\\217 \\360\\237'; sleep 0.2; printf '\\230\\200'";
    expect((await shell.run(cut, 5000)).output).toBe('● 😀');
  });
  it('reads 50 MB on, keeps a megabyte and says how much was left out', async () => {
    const shell = await terminal();
    const end = await shell.run("head -c 50000000 /dev/zero | tr '\\0' x", 60_000);
    expect(end.output.length).toBe(1_000_000);
    expect(end.output.length + end.dropped).toBe(50_000_000);
    expect((await shell.run('echo next', 5000)).output).toBe('next\r\n');
  });
  it('goes on after Ctrl+C', async () => {
    const shell = await terminal();
    shell.type('echo up; sleep 60');
    expect(await shell.prints('up', 5000)).toBe(true);
    expect((await shell.interrupt(4000)).status).toBe(130);
    expect((await shell.run('echo next', 5000)).output).toBe('next\r\n');
  });
  it('does not take the prompt of a Ctrl+C too many for the end of the next command', async () => {
    const shell = await terminal();
    // Deaf for a while: the second Ctrl+C comes when it is about to end.
    shell.type("(trap '' INT; sleep 0.5)");
    await shell.interrupt(4000);
    expect((await shell.run('sleep 0.2; echo next', 5000)).output).toBe('next\r\n');
  });
  it('says when a command does not end, with what it printed', async () => {
    const shell = await terminal();
    await expect(shell.run('echo before; sleep 60', 300)).rejects.toMatchObject({
      name: 'CommandTimeout',
      output: 'before\r\n',
    });
    await expect(shell.ended(10)).rejects.toThrow(CommandTimeout);
  });
  it('says when its shell ends', async () => {
    const shell = await terminal();
    await expect(shell.run('exit 4', 5000)).rejects.toThrow(TerminalClosed);
    expect(() => shell.type('echo')).toThrow('the shell ended (status 4)');
  });
  it('says what could not be opened', async () => {
    const nowhere = { file: 'sh', args: ['-c', 'echo no such place; exit 1'], env: process.env };
    await expect(Terminal.open(nowhere, 'x')).rejects.toThrow(/no shell could be opened with "sh -c .*no such place/);
  });
  it('refuses a line that no terminal takes', async () => {
    const shell = await terminal();
    expect(() => shell.type(`echo ${'x'.repeat(5000)}`)).toThrow('longer than the 4095 bytes');
  });
});
