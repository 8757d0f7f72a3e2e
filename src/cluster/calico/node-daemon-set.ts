import { CALICO_NAMESPACE } from './namespaces.ts';
import {
  exec,
  field,
  hostPaths,
  http,
  image,
  LIVENESS,
  mounts,
  privileged,
  READINESS,
  TOLERATE_ALL,
  variables,
  type Workload,
  workload,
} from './workload.ts';

/** The DaemonSet calico-node (pkg/render/node.go). */
export function calicoNode(): Workload {
  const readiness = exec('/bin/calico-node', '-bird-ready', '-felix-ready');
  const container = {
    name: 'calico-node',
    ...image('node'),
    ...privileged,
    env: [
      ...variables(
        'DATASTORE_TYPE=kubernetes',
        'WAIT_FOR_DATASTORE=true',
        'CLUSTER_TYPE=k8s,operator,bgp',
        'CALICO_DISABLE_FILE_LOGGING=false',
        'FELIX_DEFAULTENDPOINTTOHOSTACTION=ACCEPT',
        'FELIX_HEALTHENABLED=true',
        'FELIX_HEALTHPORT=9099',
      ),
      field('NODENAME', 'spec.nodeName'),
      field('NAMESPACE', 'metadata.namespace'),
      ...variables(
        `FELIX_TYPHAK8SNAMESPACE=${CALICO_NAMESPACE}`,
        'FELIX_TYPHAK8SSERVICENAME=calico-typha',
        'NO_DEFAULT_POOLS=true',
        'CALICO_MANAGE_CNI=true',
        'CALICO_NETWORKING_BACKEND=bird',
        'IP=autodetect',
        'IP_AUTODETECTION_METHOD=first-found',
        'IP6=none',
        'FELIX_IPV6SUPPORT=false',
      ),
    ],
    startupProbe: { ...readiness, failureThreshold: 150, periodSeconds: 2, timeoutSeconds: 10 },
    livenessProbe: { ...http('/liveness', 9099), ...LIVENESS },
    readinessProbe: { ...readiness, ...READINESS },
    lifecycle: { preStop: exec('/bin/calico-node', '-shutdown') },
    volumeMounts: mounts(
      'lib-modules:/lib/modules',
      'xtables-lock:/run/xtables.lock',
      'var-run-calico:/var/run/calico',
      'var-lib-calico:/var/lib/calico',
      'cni-log-dir:/var/log/calico/cni',
      'cni-net-dir:/host/etc/cni/net.d',
    ),
  };
  const initContainers = [
    {
      name: 'flexvol-driver',
      ...image('pod2daemon-flexvol'),
      ...privileged,
      volumeMounts: mounts('flexvol-driver-host:/host/driver'),
    },
    {
      name: 'ebpf-bootstrap',
      ...image('node'),
      ...privileged,
      command: ['calico-node', '-init', '-best-effort'],
      volumeMounts: mounts('var-run-calico:/var/run/calico'),
    },
    {
      name: 'install-cni',
      ...image('cni'),
      ...privileged,
      command: ['/opt/cni/bin/install'],
      env: [
        ...variables('CNI_CONF_NAME=10-calico.conflist', 'SLEEP=false', 'CNI_NET_DIR=/etc/cni/net.d'),
        {
          name: 'CNI_NETWORK_CONFIG',
          valueFrom: { configMapKeyRef: { key: 'config', name: 'cni-config' } },
        },
      ],
      volumeMounts: mounts('cni-bin-dir:/host/opt/cni/bin', 'cni-net-dir:/host/etc/cni/net.d'),
    },
  ];
  const podSpec = {
    tolerations: TOLERATE_ALL,
    terminationGracePeriodSeconds: 5,
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    initContainers,
    containers: [container],
    volumes: hostPaths(
      'lib-modules:/lib/modules',
      'xtables-lock:/run/xtables.lock:FileOrCreate',
      'var-run-calico:/var/run/calico:DirectoryOrCreate',
      'var-lib-calico:/var/lib/calico:DirectoryOrCreate',
      'cni-bin-dir:/opt/cni/bin:DirectoryOrCreate',
      'cni-net-dir:/etc/cni/net.d',
      'cni-log-dir:/var/log/calico/cni',
      'flexvol-driver-host:/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds:DirectoryOrCreate',
    ),
  };
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } };
  return workload('calico-node', podSpec, { updateStrategy });
}
