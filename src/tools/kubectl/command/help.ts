import type { Command } from './command.ts';
import type { Flag } from './flags.ts';
import { GLOBAL_FLAGS } from './shared-flags.ts';

/** What kubectl says without a command. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
  return `kubectl talks to a cluster's API server.\n\nCommands:\n${lines.join('')}\n"kubectl <command> --help" says more of one. "kubectl explain <resource>" says what fields mean.\n`;
}

/** What it is, how it is used, its flags. */
export function helpOf(command: Command, path: string): string {
  const { summary, usage = '', flags = [], subcommands = [] } = command;
  const below = subcommands.map(({ name, summary: what }) => `  ${name.padEnd(18)}${what}\n`).join('');
  const own = flags.filter(({ missing }) => missing === undefined).map(lineOf);
  return [
    `${summary}.\n`,
    below === '' ? '' : `\nCommands:\n${below}`,
    own.length === 0 ? '' : `\nOptions:\n${own.join('')}`,
    `\nUsage:\n  ${path}${below === '' ? '' : ' COMMAND'}${usage === '' ? '' : ` ${usage}`}\n`,
    `\nOptions of all commands: ${GLOBAL_FLAGS.filter(({ missing }) => missing === undefined)
      .map(({ name }) => `--${name}`)
      .join(', ')}\n`,
  ].join('');
}

function lineOf({ name, short, kind, default: usual }: Flag): string {
  const value = usual === undefined ? (kind === 'bool' ? '=false' : '=') : `=${usual}`;
  return `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value}\n`;
}
