import type { Completer, Completers } from '../shell/line-editor/completer.ts';
import { completeKubectl } from '../tools/kubectl/completion/complete.ts';
import { sshHosts } from '../tools/ssh/ssh.ts';

const UNIT_FILES = [
  '/etc/systemd/system/*.service',
  '/usr/lib/systemd/system/*.service',
  '/lib/systemd/system/*.service',
];

const SYSTEMCTL = [
  'cat',
  'daemon-reload',
  'disable',
  'enable',
  'is-active',
  'is-enabled',
  'is-failed',
  'list-units',
  'restart',
  'show',
  'start',
  'status',
  'stop',
];

/** Units of the machine, by the names of their files. */
function unitsOf(files: { glob(pattern: string): readonly string[] }): readonly string[] {
  return UNIT_FILES.flatMap((pattern) => files.glob(pattern)).map((path) => path.slice(path.lastIndexOf('/') + 1));
}

const systemctl: Completer = function* (words, { files }) {
  const given = words.slice(1, -1).filter((word) => !word.startsWith('-'));
  return given.length === 0 ? SYSTEMCTL : unitsOf(files);
};

// biome-ignore lint/correctness/useYield: it is all there
const journalctl: Completer = function* (words, { files }) {
  if (words.at(-2) === '-u' || words.at(-2) === '--unit') return unitsOf(files);
  return ['--follow', '--lines=', '--no-pager', '--output=', '--reverse', '--since=', '--unit', '--until='];
};

/** A command of which nothing but its first words is known. */
function firstWords(words: readonly string[], below: Readonly<Record<string, readonly string[]>> = {}): Completer {
  return function* (typed) {
    const given = typed.slice(1, -1).filter((word) => !word.startsWith('-'));
    const [first = ''] = given;
    if (given.length === 0) return words;
    return given.length === 1 ? (below[first] ?? []) : [];
  };
}

/** Who knows the arguments of commands, for Tab. */
export const COMPLETERS: Completers = {
  crictl: firstWords([
    'exec',
    'images',
    'info',
    'inspect',
    'inspecti',
    'inspectp',
    'logs',
    'pods',
    'ps',
    'pull',
    'rm',
    'rmi',
    'rmp',
    'stats',
    'stop',
    'stopp',
    'version',
  ]),
  etcdctl: firstWords(
    ['alarm', 'defrag', 'del', 'endpoint', 'get', 'lease', 'member', 'put', 'snapshot', 'version', 'watch'],
    {
      endpoint: ['hashkv', 'health', 'status'],
      member: ['add', 'list', 'remove'],
      snapshot: ['save'],
    },
  ),
  etcdutl: firstWords(['snapshot', 'version'], { snapshot: ['restore', 'status'] }),
  journalctl,
  kubeadm: firstWords(['certs', 'config', 'token', 'version'], {
    certs: ['check-expiration', 'renew'],
    token: ['create', 'list'],
  }),
  kubectl: completeKubectl,
  ssh: sshHosts,
  systemctl,
};
