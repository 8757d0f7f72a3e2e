import type { ContainerStatus as RuntimeStatus } from '#machine/cri.ts';
import type { Container, ContainerStatus, Pod, PodSpec } from '../../api/types/pod.ts';
import type { RuntimePod } from './runtime/runtime-pod.ts';

export function podWith(spec: Partial<PodSpec>, more: Partial<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'u1',
      creationTimestamp: '2026-11-23T06:00:00Z',
      resourceVersion: '1',
      generation: 3,
    },
    status: {},
    ...more,
    spec: { containers: [], restartPolicy: 'Always', ...spec },
  };
}

export function container(name: string, more: Partial<Container> = {}): Container {
  return { name, image: 'test', ...more };
}

export function sidecar(name: string, more: Partial<Container> = {}): Container {
  return container(name, { restartPolicy: 'Always', ...more });
}

/** What the API shows of a container: `runs`, `runs unstarted`, `waits`, `ended 1`, `waits after 1`. */
export function shown(name: string, words: string): ContainerStatus {
  const ended = / ?(?:ended|after) (\d+)/.exec(words);
  const terminated = { exitCode: Number(ended?.[1] ?? 0) };
  const runs = words.startsWith('runs');
  return {
    name,
    state: runs ? { running: {} } : words.startsWith('ended') ? { terminated } : { waiting: {} },
    lastState: words.includes('after') ? { terminated } : {},
    ready: words === 'runs',
    started: words === 'runs',
    restartCount: 0,
    image: 'test',
    imageID: '',
  };
}

/** What the runtime has of a container: `RUNNING`, `CREATED`, or the code that it ended with. The ID is `NAME-id`. */
export function had(name: string, state: 'RUNNING' | 'CREATED' | number, image = 'test'): RuntimeStatus {
  return {
    id: `${name}-id`,
    sandboxId: 's',
    config: {
      name,
      attempt: 0,
      image,
      command: [],
      args: [],
      workingDirectory: '/',
      env: [],
      mounts: [],
      labels: {},
      annotations: {},
      logPath: `${name}/0.log`,
      stdin: false,
      stdinOnce: false,
      tty: false,
    },
    state: typeof state === 'number' ? 'EXITED' : state,
    createdAt: 0,
    startedAt: 0,
    finishedAt: 0,
    exitCode: typeof state === 'number' ? state : 0,
    reason: '',
    message: '',
    image,
    imageRef: '',
    logFile: '',
    pid: 1,
  };
}

/** A Pod whose only sandbox is well. */
export function withSandbox(...containers: readonly RuntimeStatus[]): RuntimePod {
  return { sandboxes: [sandbox('READY', 0)], containers };
}

export function sandbox(state: 'READY' | 'NOTREADY', attempt: number): RuntimePod['sandboxes'][number] {
  const config = {
    name: 'web',
    namespace: 'default',
    uid: 'u1',
    attempt,
    hostname: 'web',
    logDirectory: '/var/log/pods/default_web_u1',
    hostNetwork: false,
    dns: { servers: [], searches: [], options: [] },
    labels: {},
    annotations: {},
  };
  return { id: `s${attempt}`, config, state, createdAt: attempt, ip: '10.244.0.2', pid: 1 };
}
