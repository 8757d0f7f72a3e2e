import { nanoTimestamp } from '#kernel/calendar.ts';
import type { ContainerStatus, CriRuntime } from '#machine/cri.ts';
import { flag } from '../kubectl/command/flags.ts';
import { walk } from '../kubectl/json-path/evaluate.ts';
import { parsePath } from '../kubectl/json-path/parse.ts';
import { toYaml } from '../kubectl/printers/yaml.ts';
import type { CrictlCommand, CrictlInvocation } from './command.ts';
import { findContainer, findPod } from './find.ts';

const OUTPUT = [
  flag('output', 'string', { short: 'o', default: 'json' }),
  flag('template', 'string'),
  flag('quiet', 'bool', { short: 'q' }),
] as const;

export const inspect: CrictlCommand = {
  names: ['inspect'],
  flags: [...OUTPUT, flag('name', 'string', { missing: '' })],
  run(invocation) {
    const { args, runtime, fatal } = invocation;
    if (args.length === 0) return fatal('ID cannot be empty');
    let status = 0;
    for (const id of args) status = print(invocation, containerInfo(runtime, findContainer(runtime, id))) || status;
    return status;
  },
};

export const inspectPod: CrictlCommand = {
  names: ['inspectp'],
  flags: OUTPUT,
  run(invocation) {
    const { args, runtime, fatal } = invocation;
    if (args.length === 0) return fatal('ID cannot be empty');
    let status = 0;
    for (const id of args) {
      const { config, createdAt, state, ip, pid, ...pod } = findPod(runtime, id);
      status =
        print(invocation, {
          info: { pid, processStatus: state === 'READY' ? 'running' : 'exited' },
          status: {
            id: pod.id,
            metadata: { attempt: config.attempt, name: config.name, namespace: config.namespace, uid: config.uid },
            state: `SANDBOX_${state}`,
            createdAt: nanoTimestamp(createdAt),
            network: { additionalIps: [], ip: ip ?? '' },
            labels: config.labels,
            annotations: config.annotations,
            runtimeHandler: '',
          },
        }) || status;
    }
    return status;
  },
};

export const inspectImage: CrictlCommand = {
  names: ['inspecti'],
  flags: OUTPUT,
  run(invocation) {
    const { args, runtime, fatal } = invocation;
    if (args.length === 0) return fatal('ID cannot be empty');
    let status = 0;
    for (const reference of args) {
      const image =
        runtime
          .images()
          .find(
            ({ id, repoTags }) =>
              id.replace('sha256:', '').startsWith(reference.replace('sha256:', '')) || repoTags.includes(reference),
          ) ?? runtime.imageStatus(reference);
      if (!image) return fatal(`no such image ${JSON.stringify(reference)} present`);
      const { id, repoTags, repoDigests, size, isPinned } = image;
      status =
        print(invocation, {
          status: { id, pinned: isPinned, repoDigests, repoTags, size: String(size), username: '' },
        }) || status;
    }
    return status;
  },
};

function containerInfo(runtime: CriRuntime, each: ContainerStatus): object {
  const { config } = each;
  return {
    info: {
      config: {
        annotations: config.annotations,
        args: config.args,
        command: config.command,
        envs: config.env.map(([key, value]) => ({ key, value })),
        image: { image: runtime.imageStatus(config.image)?.id ?? config.image, user_specified_image: config.image },
        labels: config.labels,
        log_path: config.logPath,
        metadata: { name: config.name, ...(config.attempt > 0 && { attempt: config.attempt }) },
        mounts: config.mounts.map(({ containerPath, hostPath, isReadOnly }) => ({
          container_path: containerPath,
          host_path: hostPath,
          ...(isReadOnly && { readonly: true }),
        })),
      },
      pid: each.pid,
      sandboxID: each.sandboxId,
      runtimeType: 'io.containerd.runc.v2',
    },
    status: {
      annotations: config.annotations,
      createdAt: nanoTimestamp(each.createdAt),
      exitCode: each.exitCode,
      finishedAt: each.finishedAt > 0 ? nanoTimestamp(each.finishedAt) : '0001-01-01T00:00:00Z',
      id: each.id,
      image: { annotations: {}, image: each.image, runtimeHandler: '', userSpecifiedImage: '' },
      imageId: runtime.imageStatus(config.image)?.id ?? each.imageRef,
      imageRef: each.imageRef,
      labels: config.labels,
      logPath: each.logFile,
      message: each.message,
      metadata: { attempt: config.attempt, name: config.name },
      mounts: config.mounts.map(({ containerPath, hostPath, isReadOnly }) => ({
        containerPath,
        hostPath,
        propagation: 'PROPAGATION_PRIVATE',
        readonly: isReadOnly,
        selinuxRelabel: false,
      })),
      reason: each.reason,
      startedAt: each.startedAt > 0 ? nanoTimestamp(each.startedAt) : '0001-01-01T00:00:00Z',
      state: `CONTAINER_${each.state}`,
      stopSignal: 'SIGTERM',
    },
  };
}

function print({ flags, out, fatal }: CrictlInvocation, value: object): number {
  const output = flags.string('output');
  if (output === 'go-template') {
    out(`${filled(flags.string('template'), value)}\n`);
    return 0;
  }
  if (output === 'yaml') out(toYaml(value));
  else if (output === 'json') out(`${JSON.stringify(sorted(value), undefined, 2)}\n`);
  else return fatal(`output option cannot be ${output}`);
  return 0;
}

/** The fields of a Go template; its other actions are not simulated. */
function filled(template: string, value: object): string {
  return template.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_all, action: string) => {
    if (!/^\.[\w.]*$/.test(action))
      throw new Error(`{{${action}}} is not simulated here: fields such as {{.status.state}} are`);
    const [found] = action === '.' ? [value] : walk(parsePath(action), [value], value, { allowsMissing: true });
    return found === undefined ? '<no value>' : typeof found === 'object' ? JSON.stringify(found) : String(found);
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
