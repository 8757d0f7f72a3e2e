import { CriError } from '#machine/cri.ts';
import { flag } from '../kubectl/command/flags.ts';
import type { CrictlCommand } from './command.ts';
import { findContainer, findPod } from './find.ts';

export const stop: CrictlCommand = {
  names: ['stop', 'stopp'],
  flags: [flag('timeout', 'int', { short: 't', default: '0' })],
  *run({ args, flags, runtime, out, fatal, process }) {
    if (args.length === 0) return fatal('ID cannot be empty');
    const isPod = process.argv.includes('stopp');
    for (const id of args) {
      if (isPod) {
        yield* runtime.stopPodSandbox(findPod(runtime, id).id);
        out(`Stopped sandbox ${id}\n`);
      } else {
        yield* runtime.stopContainer(findContainer(runtime, id).id, flags.number('timeout'));
        out(`${id}\n`);
      }
    }
    return 0;
  },
};

export const remove: CrictlCommand = {
  names: ['rm', 'rmp'],
  flags: [flag('all', 'bool', { short: 'a' }), flag('force', 'bool', { short: 'f' })],
  *run({ args, flags, runtime, out, fatal, process }) {
    const isPod = process.argv.includes('rmp');
    const ids = flags.bool('all') ? (isPod ? runtime.podSandboxes() : runtime.containers()).map(({ id }) => id) : args;
    if (ids.length === 0 && !flags.bool('all')) return fatal('ID cannot be empty');
    for (const id of ids) {
      if (isPod) {
        const pod = findPod(runtime, id);
        if (pod.state === 'READY' && !flags.bool('force'))
          throw new CriError('Unknown', `failed to remove sandbox ${JSON.stringify(pod.id)}: sandbox is not stopped`);
        if (pod.state === 'READY') yield* runtime.stopPodSandbox(pod.id);
        yield* runtime.removePodSandbox(pod.id);
        out(`Removed sandbox ${id}\n`);
      } else {
        const container = findContainer(runtime, id);
        if (container.state === 'RUNNING' && !flags.bool('force'))
          return fatal(`container ${JSON.stringify(id)} is running, please stop it first`);
        if (container.state === 'RUNNING') yield* runtime.stopContainer(container.id, 0);
        yield* runtime.removeContainer(container.id);
        out(`${id}\n`);
      }
    }
    return 0;
  },
};

export const removeImage: CrictlCommand = {
  names: ['rmi'],
  flags: [flag('all', 'bool', { short: 'a', missing: '' }), flag('prune', 'bool', { short: 'q', missing: '' })],
  run({ args, runtime, out, fatal }) {
    if (args.length === 0) return fatal('ID cannot be empty');
    for (const reference of args) {
      const image =
        runtime
          .images()
          .find(
            ({ id, repoTags }) => repoTags.includes(reference) || id.replace('sha256:', '').startsWith(reference),
          ) ?? runtime.imageStatus(reference);
      if (!image) return fatal(`no such image ${reference}`);
      runtime.removeImage(image.id);
      for (const tag of image.repoTags) out(`Deleted: ${tag}\n`);
    }
    return 0;
  },
};
