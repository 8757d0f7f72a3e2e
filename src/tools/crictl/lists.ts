import type { ContainerStatus, Image, PodSandbox } from '#machine/cri.ts';
import { flag } from '../kubectl/command/flags.ts';
import { tabulate } from '../kubectl/printers/tab-writer.ts';
import type { CrictlCommand } from './command.ts';

const SHORT = 13;
const STATES: Readonly<Record<ContainerStatus['state'], string>> = {
  CREATED: 'Created',
  RUNNING: 'Running',
  EXITED: 'Exited',
};

/** crictl's tables: 20 cells a column at least. */
function table(rows: readonly (readonly string[])[]): string {
  return tabulate(rows.map((cells) => `${cells.join('\t')}\n`).join(''), { least: 20, padding: 3 });
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, SHORT);
}

const LABELS = {
  pod: 'io.kubernetes.pod.name',
  namespace: 'io.kubernetes.pod.namespace',
} as const;

function hasLabels(labels: Readonly<Record<string, string>>, wanted: readonly string[]): boolean {
  return wanted.every((item) => {
    const [key = '', value] = item.split('=');
    return value === undefined ? key in labels : labels[key] === value;
  });
}

export const listContainers: CrictlCommand = {
  names: ['ps'],
  flags: [
    flag('all', 'bool', { short: 'a' }),
    flag('quiet', 'bool', { short: 'q' }),
    flag('name', 'string'),
    flag('state', 'string', { short: 's' }),
    flag('pod', 'string', { short: 'p' }),
    flag('id', 'string'),
    flag('image', 'string'),
    flag('label', 'array'),
    flag('last', 'int', { short: 'n', default: '0' }),
    flag('latest', 'bool', { short: 'l' }),
    flag('no-trunc', 'bool'),
    flag('output', 'string', { short: 'o', default: 'table' }),
    flag('resolve-image-path', 'bool'),
    flag('verbose', 'bool', { short: 'v', missing: '' }),
  ],
  run({ runtime, flags, out, process, fatal }) {
    const state = flags.string('state').toLowerCase();
    if (state !== '' && !['created', 'running', 'exited', 'unknown'].includes(state))
      return fatal(`--state should be one of created, running, exited or unknown`);
    const name = flags.string('name') === '' ? undefined : new RegExp(flags.string('name'));
    const showsAll =
      flags.bool('all') ||
      state !== '' ||
      flags.number('last') > 0 ||
      flags.bool('latest') ||
      flags.string('id') !== '';
    let wanted = runtime
      .containers()
      .filter(
        (each) =>
          (showsAll || each.state === 'RUNNING') &&
          (state === '' || each.state.toLowerCase() === state) &&
          (!name || name.test(each.config.name)) &&
          each.sandboxId.startsWith(flags.string('pod')) &&
          each.id.startsWith(flags.string('id')) &&
          (flags.string('image') === '' ||
            each.image.includes(flags.string('image')) ||
            each.imageRef.includes(flags.string('image'))) &&
          hasLabels(each.config.labels, flags.list('label')),
      )
      .toSorted((a, b) => b.createdAt - a.createdAt);
    if (flags.bool('latest')) wanted = wanted.slice(0, 1);
    if (flags.number('last') > 0) wanted = wanted.slice(0, flags.number('last'));
    if (flags.bool('quiet')) {
      for (const { id } of wanted) out(`${id}\n`);
      return 0;
    }
    const output = flags.string('output');
    if (output === 'json') {
      out(`${JSON.stringify({ containers: wanted.map(jsonOf) }, undefined, 2)}\n`);
      return 0;
    }
    if (output !== 'table') return fatal(`output ${output} is not simulated here`);
    const full = flags.bool('no-trunc');
    const short = (id: string) => (full ? id : shortId(id));
    const { now } = process.kernel;
    const rows = wanted.map((each) => [
      short(each.id),
      short(runtime.imageStatus(each.config.image)?.id ?? each.imageRef),
      `${humanAge(now - each.createdAt)} ago`,
      STATES[each.state],
      each.config.name,
      String(each.config.attempt),
      short(each.sandboxId),
      each.config.labels[LABELS.pod] ?? '',
      each.config.labels[LABELS.namespace] ?? '',
    ]);
    out(table([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows]));
    return 0;
  },
};

function jsonOf(each: ContainerStatus): object {
  return {
    id: each.id,
    podSandboxId: each.sandboxId,
    metadata: { name: each.config.name, attempt: each.config.attempt },
    image: { image: each.imageRef },
    imageRef: each.imageRef,
    state: `CONTAINER_${each.state}`,
    createdAt: String(each.createdAt * 1_000_000),
    labels: each.config.labels,
    annotations: each.config.annotations,
  };
}

export const listPods: CrictlCommand = {
  names: ['pods'],
  flags: [
    flag('quiet', 'bool', { short: 'q' }),
    flag('name', 'string'),
    flag('namespace', 'string'),
    flag('state', 'string', { short: 's' }),
    flag('label', 'array'),
    flag('id', 'string'),
    flag('last', 'int', { short: 'n', default: '0' }),
    flag('latest', 'bool', { short: 'l' }),
    flag('no-trunc', 'bool'),
    flag('output', 'string', { short: 'o', default: 'table' }),
  ],
  run({ runtime, flags, out, process, fatal }) {
    const name = flags.string('name') === '' ? undefined : new RegExp(flags.string('name'));
    const namespace = flags.string('namespace') === '' ? undefined : new RegExp(flags.string('namespace'));
    const state = flags.string('state').toLowerCase();
    const stateOf = (each: PodSandbox) => (each.state === 'READY' ? 'Ready' : 'NotReady');
    let wanted = runtime
      .podSandboxes()
      .filter(
        (each) =>
          (!name || name.test(each.config.name)) &&
          (!namespace || namespace.test(each.config.namespace)) &&
          (state === '' || stateOf(each).toLowerCase() === state) &&
          each.id.startsWith(flags.string('id')) &&
          hasLabels(each.config.labels, flags.list('label')),
      )
      .toSorted((a, b) => b.createdAt - a.createdAt);
    if (flags.bool('latest')) wanted = wanted.slice(0, 1);
    if (flags.number('last') > 0) wanted = wanted.slice(0, flags.number('last'));
    if (flags.bool('quiet')) {
      for (const { id } of wanted) out(`${id}\n`);
      return 0;
    }
    if (flags.string('output') !== 'table') return fatal(`output ${flags.string('output')} is not simulated here`);
    const short = (id: string) => (flags.bool('no-trunc') ? id : shortId(id));
    const { now } = process.kernel;
    const rows = wanted.map((each) => [
      short(each.id),
      `${humanAge(now - each.createdAt)} ago`,
      stateOf(each),
      each.config.name,
      each.config.namespace,
      String(each.config.attempt),
      '(default)',
    ]);
    out(table([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows]));
    return 0;
  },
};

export const images: CrictlCommand = {
  names: ['images', 'image', 'img'],
  flags: [
    flag('quiet', 'bool', { short: 'q' }),
    flag('digests', 'bool'),
    flag('no-trunc', 'bool'),
    flag('output', 'string', { short: 'o', default: 'table' }),
    flag('verbose', 'bool', { short: 'v', missing: '' }),
    flag('filter', 'array', { short: 'f', missing: '' }),
  ],
  run({ runtime, flags, args, out, fatal }) {
    const [wanted] = args;
    const all = runtime
      .images()
      .filter(({ repoTags }) => wanted === undefined || repoTags.some((tag) => tag.includes(wanted)));
    if (flags.bool('quiet')) {
      for (const { id } of all) out(`${id}\n`);
      return 0;
    }
    if (flags.string('output') === 'json') {
      out(`${JSON.stringify({ images: all.map(imageJson) }, undefined, 2)}\n`);
      return 0;
    }
    if (flags.string('output') !== 'table') return fatal(`output ${flags.string('output')} is not simulated here`);
    const hasDigests = flags.bool('digests');
    const rows = all.flatMap(({ id, repoTags, repoDigests, size }) =>
      (repoTags.length > 0 ? repoTags : ['<none>:<none>']).map((tag) => {
        const at = tag.lastIndexOf(':');
        const digest = repoDigests[0]?.split('@').at(-1) ?? '<none>';
        return [
          tag.slice(0, at),
          tag.slice(at + 1),
          ...(hasDigests ? [flags.bool('no-trunc') ? digest : shortId(digest)] : []),
          flags.bool('no-trunc') ? id : shortId(id),
          humanSize(size),
        ];
      }),
    );
    const sorted = rows.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : (a[0] ?? '') > (b[0] ?? '') ? 1 : 0));
    out(table([['IMAGE', 'TAG', ...(hasDigests ? ['DIGEST'] : []), 'IMAGE ID', 'SIZE'], ...sorted]));
    return 0;
  },
};

function imageJson({ id, repoTags, repoDigests, size, isPinned }: Image): object {
  return { id, repoTags, repoDigests, size: String(size), username: '', pinned: isPinned };
}

/** `3 minutes`, `About an hour` (docker/go-units, HumanDuration). */
function humanAge(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3_600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

/** `172MB`, `1.51MB`: three figures (docker/go-units, HumanSizeWithPrecision). */
function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return `${Number(value.toPrecision(3))}${units[index]}`;
}
