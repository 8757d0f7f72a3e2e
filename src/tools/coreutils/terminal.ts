import type { Terminal } from '#machine/terminal.ts';
import { type Invocation, immediate, type Tool } from './tool.ts';

const NO_TERMINAL = "'standard input': Inappropriate ioctl for device";
/** What of a terminal's settings is as it always is. */
const CONTROLS =
  'intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\neol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;\nwerase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;\n';
const FLAGS =
  '-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts\n-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl -ixon -ixoff\n-iuclc -ixany -imaxbel iutf8\nopost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0\nisig icanon iexten ECHO echoe echok -echonl -noflsh -xcase -tostop -echoprt\nechoctl echoke -flusho -extproc\n';

function terminalOf({ process }: Invocation): Terminal | undefined {
  return process.streams.terminal.in ? process.streams.controllingTerminal : undefined;
}

/** stty: its size, and whether it shows what is typed. */
export const stty: Tool = {
  options: { flags: 'a', long: { all: 'a' }, operand: /^-(?!a$|-)/ },
  // biome-ignore lint/correctness/useYield: it waits for nothing
  *run(invocation) {
    const { has, operands, out, complain } = invocation;
    const terminal = terminalOf(invocation);
    if (!terminal) {
      complain(NO_TERMINAL);
      return 1;
    }
    const echo = terminal.mode === 'hidden' ? '-echo' : 'echo';
    const { rows, columns } = terminal.size;
    if (has('a'))
      out(`speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;\n${CONTROLS}${FLAGS.replace('ECHO', echo)}`);
    else if (operands.length === 0)
      out(`speed 38400 baud; line = 0;\n-brkint -ixon -imaxbel iutf8\n${echo === 'echo' ? '' : '-echo\n'}`);
    for (const setting of operands)
      if (setting === 'size') out(`${rows} ${columns}\n`);
      else if (setting === '-echo') terminal.setMode('hidden');
      else if (setting === 'echo' || setting === 'sane') terminal.setMode('lines');
      else {
        complain(`${setting} is not simulated here`);
        return 1;
      }
    return 0;
  },
};

/** tty: the file of the terminal. */
export const tty = immediate({ flags: 's', long: { silent: 's', quiet: 's' } }, (invocation) => {
  const isThere = terminalOf(invocation) !== undefined;
  if (!invocation.has('s')) invocation.out(isThere ? '/dev/pts/0\n' : 'not a tty\n');
  return isThere ? 0 : 1;
});

/** reset: the terminal as it is at first. */
export const reset = immediate({}, (invocation) => {
  terminalOf(invocation)?.setMode('lines');
  invocation.out('\u001bc');
  return 0;
});

/** Sequences of xterm-256color, by the names that terminfo gives them. */
const CAPABILITIES: Readonly<Record<string, string>> = {
  bel: '\u0007',
  bold: '\u001b[1m',
  civis: '\u001b[?25l',
  clear: '\u001b[H\u001b[2J\u001b[3J',
  cnorm: '\u001b[?12l\u001b[?25h',
  cr: '\r',
  dim: '\u001b[2m',
  ed: '\u001b[J',
  el: '\u001b[K',
  home: '\u001b[H',
  rev: '\u001b[7m',
  rmcup: '\u001b[?1049l\u001b[23;0;0t',
  rmso: '\u001b[27m',
  rmul: '\u001b[24m',
  sgr0: '\u001b(B\u001b[m',
  sitm: '\u001b[3m',
  smcup: '\u001b[?1049h\u001b[22;0;0t',
  smso: '\u001b[7m',
  smul: '\u001b[4m',
};

const USUAL_SIZE = { columns: 80, rows: 24 };

/** tput: what the terminal can, and how it is told. */
export const tput = immediate({ stopsAtOperand: true }, (invocation) => {
  const { process, operands, out, complain } = invocation;
  const [name = '', first = '', second = ''] = operands;
  const size = process.streams.controllingTerminal?.size ?? USUAL_SIZE;
  const known = CAPABILITIES[name];
  const number = Number(first);
  if (known !== undefined) out(known);
  else if (name === 'cols') out(`${size.columns}\n`);
  else if (name === 'lines') out(`${size.rows}\n`);
  else if (name === 'colors') out('256\n');
  else if ((name === 'setaf' || name === 'setab') && Number.isInteger(number)) out(colour(number, name === 'setab'));
  else if (name === 'cup') out(`\u001b[${number + 1};${Number(second) + 1}H`);
  else {
    complain(`unknown terminfo capability '${name}'`);
    return 4;
  }
  return 0;
});

function colour(number: number, isBackground: boolean): string {
  const base = isBackground ? 40 : 30;
  if (number < 8) return `\u001b[${base + number}m`;
  if (number < 16) return `\u001b[${base + 60 + number - 8}m`;
  return `\u001b[${base + 8};5;${number}m`;
}
