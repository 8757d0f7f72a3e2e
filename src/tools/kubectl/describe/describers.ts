import type { Describer } from './describer.ts';
import { describeAny } from './generic.ts';
import { describeNode } from './node.ts';
import {
  describeBinding,
  describeConfigMap,
  describeEndpointSlice,
  describeNamespace,
  describePriorityClass,
  describeRole,
  describeSecret,
  describeService,
  describeServiceAccount,
} from './others.ts';
import { describePod } from './pod.ts';
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './workloads.ts';

const BY_RESOURCE: Readonly<Record<string, Describer>> = {
  configmaps: describeConfigMap,
  'cronjobs.batch': describeCronJob,
  'daemonsets.apps': describeDaemonSet,
  'deployments.apps': describeDeployment,
  'endpointslices.discovery.k8s.io': describeEndpointSlice,
  'jobs.batch': describeJob,
  namespaces: describeNamespace,
  nodes: describeNode,
  pods: describePod,
  'priorityclasses.scheduling.k8s.io': describePriorityClass,
  'replicasets.apps': describeReplicaSet,
  'clusterroles.rbac.authorization.k8s.io': describeRole,
  'roles.rbac.authorization.k8s.io': describeRole,
  'clusterrolebindings.rbac.authorization.k8s.io': describeBinding,
  'rolebindings.rbac.authorization.k8s.io': describeBinding,
  secrets: describeSecret,
  serviceaccounts: describeServiceAccount,
  services: describeService,
  'statefulsets.apps': describeStatefulSet,
};

/** How objects of a resource are described: `pods`, `deployments.apps`; all others by their fields. */
export function describerOf(resource: string): Describer {
  return BY_RESOURCE[resource] ?? describeAny;
}
