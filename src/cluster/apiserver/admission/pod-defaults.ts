import { priorityClass as priorityKind } from '../../api/kinds/other/priority-class.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { forbidden } from '../../api/status.ts';
import type { Pod, Toleration } from '../../api/types/pod.ts';
import type { PriorityClass } from '../../api/types/policy.ts';
import type { Registry } from '../registry/registry.ts';
import type { AdmissionPlugin } from './chain.ts';

/** How long a Pod stays on a node that is not ready, in seconds. */
const TOLERATED = 300;

/** plugin/pkg/admission/defaulttolerationseconds */
export const defaultTolerationSeconds: AdmissionPlugin = (object, { kind, operation, subresource }) => {
  if (kind !== podKind || operation !== 'CREATE' || subresource !== '') return object;
  const pod = object as Pod;
  const own = pod.spec.tolerations ?? [];
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) => !own.some((toleration) => tolerates(toleration, key)),
  );
  if (missing.length === 0) return pod;
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATED }));
  return { ...pod, spec: { ...pod.spec, tolerations: [...own, ...added] } };
};

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (!key || key === taint) && (!effect || effect === 'NoExecute');
}

/** The priority behind a Pod's class (plugin/pkg/admission/priority). */
export function priorityAdmission(registry: Registry): AdmissionPlugin {
  return (object, { kind, operation, subresource }) => {
    if (kind !== podKind || operation !== 'CREATE' || subresource !== '') return object;
    const pod = object as Pod;
    const found = classOf(registry, pod);
    const { value, preemptionPolicy } = found ?? { value: 0, preemptionPolicy: undefined };
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name, why);
    }
    return {
      ...pod,
      spec: {
        ...pod.spec,
        priority: value,
        preemptionPolicy: preemptionPolicy ?? 'PreemptLowerPriority',
        ...(found && { priorityClassName: found.metadata.name }),
      },
    };
  };
}

function classOf(registry: Registry, pod: Pod): PriorityClass | undefined {
  const name = pod.spec.priorityClassName;
  if (!name) return (registry.all(priorityKind) as readonly PriorityClass[]).find((each) => each.globalDefault);
  const found = registry.find({ kind: priorityKind, namespace: undefined, name }) as PriorityClass | undefined;
  if (!found) {
    throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name, `no PriorityClass with name ${name} was found`);
  }
  return found;
}
