import { type Description, longTime } from './text.ts';

type Resources = Readonly<Record<string, string>>;

export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: {
    readonly scheme?: string;
    readonly host?: string;
    readonly port: string | number;
    readonly path?: string;
  };
  readonly tcpSocket?: { readonly host?: string; readonly port: string | number };
  readonly grpc?: { readonly port: number; readonly service?: string };
}

interface KeySelector {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly hostPort?: number;
    readonly protocol?: string;
  }[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string };
      readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string };
      readonly configMapKeyRef?: KeySelector;
      readonly secretKeyRef?: KeySelector;
    };
  }[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
    readonly secretRef?: { readonly name: string; readonly optional?: boolean };
  }[];
  readonly resources?: { readonly limits?: Resources; readonly requests?: Resources };
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
  readonly volumeDevices?: readonly object[];
}

interface State {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode: number;
    readonly signal?: number;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly imageID?: string;
  readonly state?: State;
  readonly lastState?: State;
  readonly ready: boolean;
  readonly restartCount: number;
}

/** The value of a field of the Pod, for variables that show one. */
export type FieldResolver = (fieldPath: string) => string;

/** @param isTemplate in a template containers stand one blank further in, and have no state */
export function containers(
  out: Description,
  label: string,
  all: readonly Container[],
  {
    statuses = [],
    isTemplate,
    resolve = () => '',
  }: { readonly statuses?: readonly ContainerStatus[]; readonly isTemplate: boolean; readonly resolve?: FieldResolver },
): void {
  const space = isTemplate ? '  ' : '';
  out.line(0, `${space}${label}:${all.length === 0 ? ' <none>' : ''}`);
  for (const container of all) {
    const status = statuses.find(({ name }) => name === container.name);
    out.line(1, `${isTemplate ? ' ' : ''}${container.name}:`);
    if (status) out.line(2, `Container ID:\t${status.containerID ?? ''}`);
    out.line(2, `Image:\t${container.image}`);
    if (status) out.line(2, `Image ID:\t${status.imageID ?? ''}`);
    ports(out, container);
    lines(out, 'Command', container.command);
    lines(out, 'Args', container.args);
    if (status) {
      state(out, 'State', status.state ?? {});
      if (status.lastState && Object.keys(status.lastState).length > 0) state(out, 'Last State', status.lastState);
      out.line(2, `Ready:\t${status.ready ? 'True' : 'False'}`);
      out.line(2, `Restart Count:\t${status.restartCount}`);
    }
    resources(out, 'Limits', container.resources?.limits);
    resources(out, 'Requests', container.resources?.requests);
    if (container.livenessProbe) out.line(2, `Liveness:\t${probe(container.livenessProbe)}`);
    if (container.readinessProbe) out.line(2, `Readiness:\t${probe(container.readinessProbe)}`);
    if (container.startupProbe) out.line(2, `Startup:\t${probe(container.startupProbe)}`);
    environment(out, container, resolve);
    mounts(out, container);
  }
}

function ports(out: Description, { ports: all = [] }: Container): void {
  const own = all.map(
    ({ containerPort, protocol = 'TCP', name }) => `${containerPort}/${protocol}${name ? ` (${name})` : ''}`,
  );
  const host = all.map(
    ({ hostPort = 0, protocol = 'TCP', name }) => `${hostPort}/${protocol}${name ? ` (${name})` : ''}`,
  );
  const many = own.join(', ').includes(',') ? 's' : '';
  out.line(2, `Port${many}:\t${own.join(', ') || '<none>'}`);
  out.line(2, `Host Port${many}:\t${host.join(', ') || '<none>'}`);
}

function lines(out: Description, label: string, words: readonly string[] = []): void {
  if (words.length === 0) return;
  out.line(2, `${label}:`);
  for (const word of words) for (const line of word.split('\n')) out.line(3, line);
}

function state(out: Description, label: string, { running, waiting, terminated }: State): void {
  if (running) {
    out.line(2, `${label}:\tRunning`);
    out.line(3, `Started:\t${longTime(running.startedAt)}`);
  } else if (terminated) {
    out.line(2, `${label}:\tTerminated`);
    if (terminated.reason) out.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) out.line(3, `Message:\t${terminated.message}`);
    out.line(3, `Exit Code:\t${terminated.exitCode}`);
    if (terminated.signal) out.line(3, `Signal:\t${terminated.signal}`);
    out.line(3, `Started:\t${longTime(terminated.startedAt)}`);
    out.line(3, `Finished:\t${longTime(terminated.finishedAt)}`);
  } else {
    out.line(2, `${label}:\tWaiting`);
    if (waiting?.reason) out.line(3, `Reason:\t${waiting.reason}`);
  }
}

function resources(out: Description, label: string, all: Resources = {}): void {
  const names = Object.keys(all).sort();
  if (names.length === 0) return;
  out.line(2, `${label}:`);
  for (const name of names) out.line(3, `${name}:\t${all[name]}`);
}

function probe(each: Probe): string {
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 1,
    periodSeconds = 10,
    successThreshold = 1,
    failureThreshold = 3,
    exec,
    httpGet,
    tcpSocket,
    grpc,
  } = each;
  const rest = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  if (exec) return `exec [${exec.command.join(' ')}] ${rest}`;
  if (httpGet)
    return `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${httpGet.path ?? ''} ${rest}`;
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${rest}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${rest}`;
  return `unknown ${rest}`;
}

function environment(out: Description, { env = [], envFrom = [] }: Container, resolve: FieldResolver): void {
  if (envFrom.length > 0) {
    out.line(2, 'Environment Variables from:');
    for (const { prefix, configMapRef, secretRef } of envFrom) {
      const [from, { name = '', optional = false }] = configMapRef
        ? ['ConfigMap', configMapRef]
        : ['Secret', secretRef ?? {}];
      out.line(3, `${name}\t${from}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${optional}`);
    }
  }
  if (env.length === 0) {
    out.line(2, 'Environment:\t<none>');
    return;
  }
  out.line(2, 'Environment:');
  for (const { name, value = '', valueFrom } of env) {
    if (valueFrom?.fieldRef)
      out.line(
        3,
        `${name}:\t${resolve(valueFrom.fieldRef.fieldPath)} (${valueFrom.fieldRef.apiVersion ?? 'v1'}:${valueFrom.fieldRef.fieldPath})`,
      );
    else if (valueFrom?.resourceFieldRef) out.line(3, `${name}:\t${valueFrom.resourceFieldRef.resource}`);
    else if (valueFrom?.secretKeyRef)
      out.line(
        3,
        `${name}:\t<set to the key '${valueFrom.secretKeyRef.key}' in secret '${valueFrom.secretKeyRef.name}'>\tOptional: ${valueFrom.secretKeyRef.optional ?? false}`,
      );
    else if (valueFrom?.configMapKeyRef)
      out.line(
        3,
        `${name}:\t<set to the key '${valueFrom.configMapKeyRef.key}' of config map '${valueFrom.configMapKeyRef.name}'>\tOptional: ${valueFrom.configMapKeyRef.optional ?? false}`,
      );
    else {
      const [first = '', ...rest] = value.split('\n');
      out.line(3, `${name}:\t${first}`);
      for (const line of rest) out.line(3, `\t${line}`);
    }
  }
}

function mounts(out: Description, { volumeMounts = [] }: Container): void {
  if (volumeMounts.length === 0) {
    out.line(2, 'Mounts:\t<none>');
    return;
  }
  out.line(2, 'Mounts:');
  for (const { mountPath, name, readOnly = false, subPath } of volumeMounts.toSorted((a, b) =>
    a.mountPath < b.mountPath ? -1 : 1,
  )) {
    const flags = [readOnly ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
    out.line(3, `${mountPath} from ${name} (${flags.join(',')})`);
  }
}
