import { ageOf } from '../../../cluster/api/time.ts';
import { shown, walk } from '../json-path/evaluate.ts';
import { parsePath } from '../json-path/parse.ts';
import type { AnyObject } from '../resources/object.ts';
import { type Container, type ContainerStatus, containers } from './containers.ts';
import type { Describer } from './describer.ts';
import { annotations, labels, pairsOf } from './metadata.ts';
import type { Description } from './text.ts';
import { longTime } from './text.ts';
import { type Volume, volumes } from './volumes.ts';

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly priority?: number;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly serviceAccountName?: string;
  readonly securityContext?: {
    readonly seccompProfile?: { readonly type: string; readonly localhostProfile?: string };
  };
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly qosClass?: string;
  readonly nominatedNodeName?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
}

export const describePod: Describer = {
  describe(out, pod, { now }) {
    const { metadata = {} } = pod;
    const spec = pod['spec'] as PodSpec;
    const status = (pod['status'] ?? {}) as PodStatus;
    out.line(0, `Name:\t${metadata.name}`);
    out.line(0, `Namespace:\t${metadata.namespace}`);
    out.line(0, `Priority:\t${spec.priority ?? 0}`);
    if (spec.priorityClassName) out.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
    if (spec.runtimeClassName) out.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`);
    if (spec.serviceAccountName) out.line(0, `Service Account:\t${spec.serviceAccountName}`);
    out.line(0, spec.nodeName ? `Node:\t${spec.nodeName}/${status.hostIP ?? ''}` : 'Node:\t<none>');
    if (status.startTime) out.line(0, `Start Time:\t${longTime(status.startTime)}`);
    labels(out, pod);
    annotations(out, pod);
    const deletedAt = metadata['deletionTimestamp'];
    if (typeof deletedAt === 'string' && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
      out.line(0, `Status:\tTerminating (lasts ${ageOf(deletedAt, now)})`);
      out.line(0, `Termination Grace Period:\t${String(metadata['deletionGracePeriodSeconds'])}s`);
    } else out.line(0, `Status:\t${status.phase ?? ''}`);
    if (status.reason) out.line(0, `Reason:\t${status.reason}`);
    if (status.message) out.line(0, `Message:\t${status.message}`);
    const profile = spec.securityContext?.seccompProfile;
    if (profile) {
      out.line(0, `SeccompProfile:\t${profile.type}`);
      if (profile.localhostProfile) out.line(0, `LocalhostProfile:\t${profile.localhostProfile}`);
    }
    out.line(0, `IP:\t${status.podIP ?? ''}`);
    if (status.podIPs && status.podIPs.length > 0) {
      out.line(0, 'IPs:');
      for (const { ip } of status.podIPs) out.line(1, `IP:\t${ip}`);
    } else out.line(0, 'IPs:\t<none>');
    controlledBy(out, pod);
    if (status.nominatedNodeName) out.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
    const resolve = (path: string) => fieldOf(pod, path);
    if (spec.initContainers)
      containers(out, 'Init Containers', spec.initContainers, {
        statuses: status.initContainerStatuses ?? [],
        isTemplate: false,
        resolve,
      });
    containers(out, 'Containers', spec.containers, {
      statuses: status.containerStatuses ?? [],
      isTemplate: false,
      resolve,
    });
    if (spec.ephemeralContainers)
      containers(out, 'Ephemeral Containers', spec.ephemeralContainers, {
        statuses: status.ephemeralContainerStatuses ?? [],
        isTemplate: false,
        resolve,
      });
    if (status.conditions && status.conditions.length > 0) {
      out.line(0, 'Conditions:\n  Type\tStatus');
      for (const { type, status: is } of status.conditions) out.line(1, `${type} \t${is} `);
    }
    volumes(out, spec.volumes);
    if (status.qosClass) out.line(0, `QoS Class:\t${status.qosClass}`);
    out.list(0, 'Node-Selectors', pairsOf(spec.nodeSelector));
    out.list(0, 'Tolerations', tolerations(spec.tolerations));
  },
};

/** `Controlled By:` the owner that is the controller. */
export function controlledBy(out: Description, object: AnyObject): void {
  const owners = (object.metadata?.['ownerReferences'] ?? []) as readonly {
    readonly kind: string;
    readonly name: string;
    readonly controller?: boolean;
  }[];
  const owner = owners.find(({ controller }) => controller);
  if (owner) out.line(0, `Controlled By:\t${owner.kind}/${owner.name}`);
}

function fieldOf(pod: AnyObject, path: string): string {
  const key = /^metadata\.(?<map>labels|annotations)\['(?<key>.*)'\]$/.exec(path)?.groups;
  if (key) return pod.metadata?.[key['map'] as 'labels' | 'annotations']?.[key['key'] ?? ''] ?? '';
  return walk(parsePath(`.${path}`), [pod], pod, { allowsMissing: true })
    .map(shown)
    .join(',');
}

function tolerations(all: readonly Toleration[] = []): readonly string[] {
  const sorted = all.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0));
  return sorted.map(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }) => {
    const what = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
    const exists =
      operator === 'Exists' && value === '' ? (key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists') : '';
    return `${what}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
  });
}

interface Template {
  readonly metadata?: AnyObject['metadata'];
  readonly spec: PodSpec;
}

/** The Pods that a workload makes. */
export function podTemplate(out: Description, template: Template | undefined): void {
  out.line(0, 'Pod Template:');
  if (!template) {
    out.line(1, '<unset>');
    return;
  }
  const { metadata = {}, spec } = template;
  out.list(1, 'Labels', pairsOf(metadata.labels));
  if (metadata.annotations && Object.keys(metadata.annotations).length > 0) annotations(out, { metadata }, 1);
  if (spec.serviceAccountName) out.line(1, `Service Account:\t${spec.serviceAccountName}`);
  if (spec.initContainers && spec.initContainers.length > 0)
    containers(out, 'Init Containers', spec.initContainers, { isTemplate: true });
  containers(out, 'Containers', spec.containers, { isTemplate: true });
  volumes(out, spec.volumes, true);
  if (spec.priorityClassName) out.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  out.list(1, 'Node-Selectors', pairsOf(spec.nodeSelector));
  out.list(1, 'Tolerations', tolerations(spec.tolerations));
}
