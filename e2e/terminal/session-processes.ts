import { type ShellProgram, Terminal } from './terminal.ts';

/**
 * Shell functions that find the processes of a session at its place: all whose environment carries its id, and their descendants
 * (sudo may clean the environment). `$1` is the id's beginning, `$2` a process id to leave out. Where /proc is missing (macOS), ps
 * shows environments.
 */
const FUNCTIONS = `
S=; [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && S='sudo -n'; }
cb_roots() {
  if [ -d /proc/self ]; then $S grep -lsz "^CLUSTERBOOK_SESSION=$1" /proc/[0-9]*/environ | cut -d/ -f3
  else ps -axEww -o pid=,command= | grep -F " CLUSTERBOOK_SESSION=$1" | awk '{ print $1 }'; fi
}
cb_pids() {
  { cb_roots "$1" | sed 's/^/root /'; ps -eo pid=,ppid=; } | awk -v skip="$2" '
    $1 == "root" { found[$2] = 1; next }
    { parent[$1] = $2 }
    END {
      do { more = 0; for (p in parent) if (!(p in found) && (parent[p] in found)) { found[p] = 1; more = 1 } } while (more)
      for (p in found) if (p != skip && (p in parent)) print p
    }'
}
cb_activity() {
  for p in $(cb_pids "$1" "$2"); do
    if [ -d /proc/self ]; then echo "$p" $($S cut -d' ' -f14,15 "/proc/$p/stat" 2>/dev/null) $($S grep char "/proc/$p/io" 2>/dev/null)
    else ps -o pid=,time= -p "$p"; fi
  done
}
cb_names() { for p in $(cb_pids "$1" "$2"); do ps -o pid=,args= -p "$p" | cut -c1-120; done; }
cb_kill() { pids=$(cb_pids "$2" "$3"); [ -z "$pids" ] || $S kill "-$1" $pids 2>/dev/null; true; }
`;

const LIMIT = 20_000;
/** A process that used no CPU and read nothing over so many samples waits for something to happen. */
const QUIET_SAMPLES = 5;
const SAMPLE_GAP = 150;
const TERM_GRACE = 1_000;

/** A shell of our own at a place, beside those of the page, that sees and ends their processes. */
export class SessionProcesses {
  readonly #shell: Terminal;

  private constructor(shell: Terminal) {
    this.#shell = shell;
  }

  static async open(program: ShellProgram): Promise<SessionProcesses> {
    const shell = await Terminal.open(program, 'service');
    // In braces it is one command, and so has one end.
    await shell.run(`{\n${FUNCTIONS.trim()}\n}`, LIMIT);
    return new SessionProcesses(shell);
  }

  /** `pid command` of each process of the sessions whose id begins with `session`. */
  async list(session: string, except = 0): Promise<string[]> {
    const said = await this.ask(`cb_names '${session}' ${except}`);
    return said.split('\n').filter((line) => line.trim() !== '');
  }

  /** Ends every process of the sessions whose id begins with `session`, those that ignore SIGTERM too. */
  async end(session: string, except = 0): Promise<void> {
    if ((await this.list(session, except)).length === 0) return;
    await this.ask(`cb_kill TERM '${session}' ${except}`);
    const deadline = performance.now() + TERM_GRACE;
    while (performance.now() < deadline) {
      if ((await this.list(session, except)).length === 0) return;
      await pause(SAMPLE_GAP);
    }
    await this.ask(`cb_kill KILL '${session}' ${except}`);
  }

  /**
   * Waits until the session's processes besides its shell are there and wait for something: they use no CPU and read nothing.
   * A watch is then established, a log is then followed.
   *
   * @param ended true once the command has ended by itself, so that nobody waits for what is gone
   */
  async waitUntilIdle(session: string, shellPid: number, milliseconds: number, ended: () => boolean): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    let last = '';
    let quiet = 0;
    while (performance.now() < deadline) {
      if (ended()) return true;
      const now = await this.ask(`cb_activity '${session}' ${shellPid}`);
      quiet = now !== '' && now === last ? quiet + 1 : 0;
      if (quiet >= QUIET_SAMPLES) return true;
      last = now;
      await pause(SAMPLE_GAP);
    }
    return false;
  }

  /** Runs a line of shell at the place and returns what it prints. */
  async ask(line: string): Promise<string> {
    const { output } = await this.#shell.run(line, LIMIT);
    return output.replaceAll('\r\n', '\n').trim();
  }

  close(): void {
    this.#shell.close();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
