/**
 * Values that a field of a type may have, as the real server publishes them with OpenAPI v3 and `kubectl explain` prints them;
 * the specification in Kubernetes' source has none. A line is the values, joined by `|`, and the fields that have them.
 */
const ENUMS = `
OnDelete|RollingUpdate apps.v1.DaemonSetUpdateStrategy.type apps.v1.StatefulSetUpdateStrategy.type
Recreate|RollingUpdate apps.v1.DeploymentStrategy.type
OrderedReady|Parallel apps.v1.StatefulSetSpec.podManagementPolicy
Allow|Forbid|Replace batch.v1.CronJobSpec.concurrencyPolicy
Indexed|NonIndexed batch.v1.JobSpec.completionMode
Failed|TerminatingOrFailed batch.v1.JobSpec.podReplacementPolicy
In|NotIn batch.v1.PodFailurePolicyOnExitCodesRequirement.operator
Count|FailIndex|FailJob|Ignore batch.v1.PodFailurePolicyRule.action
Localhost|RuntimeDefault|Unconfined core.v1.AppArmorProfile.type core.v1.SeccompProfile.type
None|ReadOnly|ReadWrite core.v1.AzureDiskVolumeSource.cachingMode
Dedicated|Managed|Shared core.v1.AzureDiskVolumeSource.kind
FallbackToLogsOnError|File core.v1.Container.terminationMessagePolicy core.v1.EphemeralContainer.terminationMessagePolicy
Always|IfNotPresent|Never core.v1.Container.imagePullPolicy core.v1.EphemeralContainer.imagePullPolicy core.v1.ImageVolumeSource.pullPolicy
SCTP|TCP|UDP core.v1.ContainerPort.protocol core.v1.EndpointPort.protocol core.v1.PortStatus.protocol core.v1.ServicePort.protocol discovery.v1.EndpointPort.protocol
SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ core.v1.ContainerStatus.stopSignal core.v1.Lifecycle.stopSignal
HTTP|HTTPS core.v1.HTTPGetAction.scheme
|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket core.v1.HostPathVolumeSource.type
InProgress|Infeasible|Pending core.v1.ModifyVolumeStatus.status
Active|Terminating core.v1.NamespaceStatus.phase
DoesNotExist|Exists|Gt|In|Lt|NotIn core.v1.NodeSelectorRequirement.operator
Pending|Running|Terminated core.v1.NodeStatus.phase
ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod core.v1.PersistentVolumeClaimSpec.accessModes core.v1.PersistentVolumeClaimStatus.accessModes
Block|Filesystem core.v1.PersistentVolumeClaimSpec.volumeMode
Bound|Lost|Pending core.v1.PersistentVolumeClaimStatus.phase
ControllerResizeInProgress|ControllerResizeInfeasible|NodeResizeInProgress|NodeResizeInfeasible|NodeResizePending core.v1.PersistentVolumeClaimStatus.allocatedResourceStatuses
Merge|Strict core.v1.PodSecurityContext.supplementalGroupsPolicy
Always|OnRootMismatch core.v1.PodSecurityContext.fsGroupChangePolicy
Always|Never|OnFailure core.v1.PodSpec.restartPolicy
ClusterFirst|ClusterFirstWithHostNet|Default|None core.v1.PodSpec.dnsPolicy
Never|PreemptLowerPriority core.v1.PodSpec.preemptionPolicy scheduling.v1.PriorityClass.preemptionPolicy
Failed|Pending|Running|Succeeded|Unknown core.v1.PodStatus.phase
BestEffort|Burstable|Guaranteed core.v1.PodStatus.qosClass
Default|Unmasked core.v1.SecurityContext.procMount
ClusterIP|ExternalName|LoadBalancer|NodePort core.v1.ServiceSpec.type
ClientIP|None core.v1.ServiceSpec.sessionAffinity
Cluster|Local core.v1.ServiceSpec.externalTrafficPolicy core.v1.ServiceSpec.internalTrafficPolicy
|IPv4|IPv6 core.v1.ServiceSpec.ipFamilies
PreferDualStack|RequireDualStack|SingleStack core.v1.ServiceSpec.ipFamilyPolicy
NoExecute|NoSchedule|PreferNoSchedule core.v1.Taint.effect core.v1.Toleration.effect
Equal|Exists|Gt|Lt core.v1.Toleration.operator
DoNotSchedule|ScheduleAnyway core.v1.TopologySpreadConstraint.whenUnsatisfiable
Honor|Ignore core.v1.TopologySpreadConstraint.nodeAffinityPolicy core.v1.TopologySpreadConstraint.nodeTaintsPolicy
Bidirectional|HostToContainer|None core.v1.VolumeMount.mountPropagation
FQDN|IPv4|IPv6 discovery.v1.EndpointSlice.addressType
Delete|Recycle|Retain storage.v1.StorageClass.reclaimPolicy
Immediate|WaitForFirstConsumer storage.v1.StorageClass.volumeBindingMode
`;

const byField = new Map<string, readonly string[]>();

/** @returns undefined for a field that takes anything of its type */
export function enumOf(definition: string, field: string): readonly string[] | undefined {
  if (byField.size === 0) {
    for (const line of ENUMS.trim().split('\n')) {
      const [values = '', ...fields] = line.split(' ');
      for (const name of fields) byField.set(name, values.split('|'));
    }
  }
  return byField.get(`${definition}.${field}`);
}
