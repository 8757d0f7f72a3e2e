import { microTimestamp } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { ETCD_DATA_FILE, type EtcdSnapshot, readEtcdData, writeEtcdData } from '#machine/etcd.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { CommandError, EXIT, type FlagSpec, type Flags, readFlags } from '../etcdctl/flags.ts';
import { hashOf } from '../etcdctl/hash.ts';
import { humanBytes, json, table } from '../etcdctl/output.ts';

const VERSION = '3.6.8';
const STORAGE_VERSION = '3.6.0';
const GLOBAL: FlagSpec = { help: false, 'write-out': 'simple' };
const RESTORE: FlagSpec = {
  ...GLOBAL,
  'bump-revision': '0',
  'data-dir': '',
  'initial-advertise-peer-urls': 'http://localhost:2380',
  'initial-cluster': 'default=http://localhost:2380',
  'initial-cluster-token': 'etcd-cluster',
  'mark-compacted': false,
  name: 'default',
  'skip-hash-check': false,
  'wal-dir': '',
};

/** etcdutl of etcd 3.6: works on the files of an etcd, without asking one. */
export const etcdutl: Program = function* etcdutl(process: ProcessContext): Routine<number> {
  const { streams, argv } = process;
  let code: number;
  try {
    code = run(process, argv.slice(1));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    streams.error(`Error: ${error.message}\n`);
    code = error.status;
  }
  yield* streams.drain();
  return code;
};

function run(process: ProcessContext, words: readonly string[]): number {
  const { streams } = process;
  const [one = '', two = '', ...rest] = words;
  if (one === 'version') {
    streams.out(`etcdutl version: ${VERSION}\nAPI version: 3.6\n`);
    return 0;
  }
  if (one === 'snapshot' && two === 'status') return status(process, readFlags(rest, GLOBAL));
  if (one === 'snapshot' && two === 'restore') return restore(process, readFlags(rest, RESTORE));
  if (['completion', 'defrag', 'hashkv', 'migrate'].includes(one)) {
    streams.error(`etcdutl: ${one} is not simulated here\n`);
    return EXIT.error;
  }
  if (!['', 'help', '--help', '-h', 'snapshot'].includes(one)) {
    streams.error(`Error: unknown command ${JSON.stringify(one)} for "etcdutl"\nRun 'etcdutl --help' for usage.\n`);
    return EXIT.error;
  }
  streams.out(
    'USAGE:\n  etcdutl <command> [flags]\n\nCOMMANDS:\n  snapshot restore <file> --data-dir <directory>  Makes a data directory from a snapshot\n' +
      '  snapshot status <file>                          Tells what a snapshot holds\n  version                                         Prints the version\n',
  );
  return 0;
}

/** @throws CommandError */
function snapshotOf({ files }: ProcessContext, path: string): EtcdSnapshot {
  let text: string;
  try {
    text = files.readText(path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const verb = error.code === 'ENOENT' ? 'stat' : 'open';
    throw new CommandError(`${verb} ${path}: ${error.message.toLowerCase()}`, EXIT.error);
  }
  const file = readEtcdData(text);
  if (!file) throw new CommandError('invalid database', EXIT.error);
  // The file of an etcd that runs is only its name here.
  if (!('snapshot' in file.data))
    throw new CommandError(
      'etcdutl: the database of a data directory is not simulated here: give it a snapshot',
      EXIT.error,
    );
  return file.data.snapshot;
}

function status(process: ProcessContext, flags: Flags): number {
  const [path] = flags.words;
  if (path === undefined || flags.words.length > 1)
    throw new CommandError('snapshot status requires exactly one argument', EXIT.badArguments);
  const snapshot = snapshotOf(process, path);
  const { size } = process.files.stat(path);
  const hash = hashOf(snapshot.changes.map((change) => JSON.stringify(change)));
  const { revision, changes } = snapshot;
  const row = [hash.toString(16), String(revision), String(changes.length), humanBytes(size), STORAGE_VERSION];
  const { out } = process.streams;
  switch (flags.text('write-out')) {
    case 'simple':
      out(`${row.join(', ')}\n`);
      return 0;
    case 'table':
      out(table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row]));
      return 0;
    case 'json':
      out(json({ hash, revision, totalKey: changes.length, totalSize: size, version: STORAGE_VERSION }));
      return 0;
    case 'fields':
      out(
        `"Hash" : ${hash}\n"Revision" : ${revision}\n"Keys" : ${changes.length}\n"Size" : ${size}\n"Version" : ${STORAGE_VERSION}\n`,
      );
      return 0;
    default:
      throw new CommandError('unsupported output format', EXIT.badFeature);
  }
}

function restore(process: ProcessContext, flags: Flags): number {
  const { files, streams, kernel } = process;
  const [path] = flags.words;
  if (path === undefined || flags.words.length > 1)
    throw new CommandError('snapshot restore requires exactly one argument', EXIT.badArguments);
  if (flags.text('wal-dir') !== '') throw new CommandError('etcdutl: --wal-dir is not simulated here', EXIT.error);
  if (flags.has('mark-compacted') || flags.text('bump-revision') !== '0')
    throw new CommandError('etcdutl: --bump-revision and --mark-compacted are not simulated here', EXIT.error);
  const name = flags.text('name');
  const directory = flags.text('data-dir') || `${name}.etcd`;
  const peerUrls = flags.text('initial-advertise-peer-urls').split(',');
  checkCluster(name, peerUrls, flags.text('initial-cluster'));
  const snapshot = snapshotOf(process, path);
  if (files.exists(directory) && (files.stat(directory).kind !== 'directory' || files.readdir(directory).length > 0))
    throw new CommandError(`data-dir ${JSON.stringify(directory)} not empty or could not be read`, EXIT.error);
  const log = (caller: string, msg: string, values: Readonly<Record<string, unknown>>) =>
    streams.error(`${JSON.stringify({ level: 'info', ts: microTimestamp(kernel.now), caller, msg, ...values })}\n`);
  const places = {
    path,
    'wal-dir': `${directory}/member/wal`,
    'data-dir': directory,
    'snap-dir': `${directory}/member/snap`,
  };
  log('snapshot/v3_snapshot.go:305', 'restoring snapshot', { ...places, 'initial-memory-map-size': 10_737_418_240 });
  try {
    for (const each of ['member/snap', 'member/wal'])
      files.mkdir(`${directory}/${each}`, { recursive: true, mode: 0o700 });
    const data = { term: 1, restored: { name, peerUrls }, data: { snapshot } };
    files.writeText(`${directory}/${ETCD_DATA_FILE}`, writeEtcdData(data), { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new CommandError(`mkdir ${directory}: ${error.message.toLowerCase()}`, EXIT.error);
  }
  log('snapshot/v3_snapshot.go:333', 'restored snapshot', { ...places, 'initial-memory-map-size': 10_737_418_240 });
  return 0;
}

/** @throws CommandError for a member that is not in its own cluster, or there by other addresses */
function checkCluster(name: string, peerUrls: readonly string[], cluster: string): void {
  const own = cluster
    .split(',')
    .flatMap((entry) => (entry.startsWith(`${name}=`) ? [entry.slice(name.length + 1)] : []));
  if (own.length === 0)
    throw new CommandError(
      `couldn't find local name ${JSON.stringify(name)} in the initial cluster configuration`,
      EXIT.error,
    );
  if ([...own].sort().join() !== [...peerUrls].sort().join())
    throw new CommandError(
      `--initial-cluster has ${own.map((url) => `${name}=${url}`).join()} but missing from --initial-advertise-peer-urls=${peerUrls.join()}`,
      EXIT.error,
    );
}
