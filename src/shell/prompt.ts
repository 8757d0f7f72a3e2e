import { readText } from '#grammar/read-script.ts';
import { syslogTime, timestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { userName } from '#machine/users.ts';
import { expandText } from './expand/word.ts';
import type { Shell } from './shell.ts';

/** What each shell shows before a command when PS1 says nothing. */
export const DEFAULT_PROMPTS = {
  bash: '\\s-5.2\\$ ',
  ash: '\\w \\$ ',
  dash: '# ',
} as const;

/** The escapes of a prompt: `\u@\h:\w\$ `. */
export function* expandPrompt(shell: Shell, text: string): Routine<string> {
  const expanded = shell.flavor === 'dash' ? text : expandEscapes(shell, text);
  const { status } = shell;
  const shown = yield* expandText(shell, readText(expanded));
  shell.status = status;
  return shown;
}

function expandEscapes(shell: Shell, text: string): string {
  const { files, process } = shell;
  const { uid } = files.credentials;
  const home = shell.variables.get('HOME') ?? '';
  const path = shell.variables.get('PWD') ?? files.workingDirectory;
  const isBelowHome = home !== '' && home !== '/' && (path === home || path.startsWith(`${home}/`));
  const short = isBelowHome ? `~${path.slice(home.length)}` : path;
  const escapes: Readonly<Record<string, string>> = {
    u: userName(files, uid),
    h: process.hostname.split('.')[0] ?? '',
    H: process.hostname,
    w: short,
    W: short === '/' || short === '~' ? short : (short.split('/').at(-1) ?? ''),
    $: uid === 0 ? '#' : '\\$',
    s: shell.name.split('/').at(-1) ?? '',
    n: '\n',
    r: '\r',
    t: timestamp(process.kernel.now).slice(11, 19),
    d: syslogTime(process.kernel.now).slice(0, 6),
    e: '\x1b',
    '\\': '\\',
    '[': '',
    ']': '',
    a: '\x07',
    '?': String(shell.status),
    j: String(shell.jobs.all.length),
    v: '5.2',
  };
  return text.replace(/\\(?:([0-7]{3})|([\s\S]))/g, (whole, octal: string | undefined, letter: string | undefined) =>
    octal === undefined ? (escapes[letter ?? ''] ?? whole) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
