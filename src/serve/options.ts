import { parseArgs } from 'node:util';
import { CALICO } from '../cluster/profiles/calico.ts';
import { LESSONS } from '../cluster/profiles/lessons.ts';
import type { ClusterProfile } from '../cluster/profiles/profile.ts';
import { WIDE } from '../cluster/profiles/wide.ts';

const PROFILES: ReadonlyMap<string, ClusterProfile> = new Map([
  ['lessons', LESSONS],
  ['wide', WIDE],
  ['calico', CALICO],
]);
const HIGHEST_PORT = 65_535;
/** Faster than a machine can follow; beyond it, whatever waits for real time is over before it began. */
const HIGHEST_SPEED = 1_000;

/** What `npm run cluster` is asked for. */
export interface Options {
  readonly port: number;
  readonly folder: string;
  /** Undefined: the lessons', or that of the cluster that is kept. */
  readonly profile: ClusterProfile | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly verbose: boolean;
  /** The file that keeps the cluster from one run to the next. */
  readonly keep: string | undefined;
  readonly help: boolean;
}

/** A flag that is wrong; the message is one sentence. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options {
  const values = parsed(args);
  const profile = values.profile === undefined ? undefined : PROFILES.get(values.profile);
  if (values.profile !== undefined && !profile) {
    const names = [...PROFILES.keys()].join(', ').replace(/, (?=[^,]*$)/, ' or ');
    throw new UsageError(`--profile is ${names}, not ${JSON.stringify(values.profile)}.`);
  }
  if (values.keep === '') throw new UsageError('--keep is the name of a file, not "".');
  if (values.folder === '') throw new UsageError('--folder is the name of a folder, not "".');
  return {
    port: whole('port', values.port, HIGHEST_PORT),
    folder: values.folder,
    profile,
    seed: whole('seed', values.seed, Number.MAX_SAFE_INTEGER),
    speed: speed(values.speed),
    verbose: values.verbose,
    keep: values.keep,
    help: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '16443' },
        folder: { type: 'string', default: 'test-results/cluster' },
        profile: { type: 'string' },
        keep: { type: 'string' },
        seed: { type: 'string', default: '1' },
        speed: { type: 'string', default: '1' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // Node's first sentence says it; what follows is about option values that begin with a dash.
    const [sentence = ''] = (error as Error).message.split(/\. |\.?\n/);
    throw new UsageError(`${sentence}.`);
  }
}

function whole(name: string, text: string, highest: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= highest) return value;
  throw new UsageError(`--${name} is a whole number from 0 to ${highest}, not ${JSON.stringify(text)}.`);
}

function speed(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= HIGHEST_SPEED) return value;
  throw new UsageError(`--speed is a number above 0, and at most ${HIGHEST_SPEED}, not ${JSON.stringify(text)}.`);
}
