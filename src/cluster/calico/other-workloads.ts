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
  TOLERATE_CONTROL_PLANE,
  variables,
  type Workload,
  workload,
} from './workload.ts';

/** One fewer than nodes, at most three up to 200 of them (pkg/common/autoscale.go). */
function typhas(nodes: number): number {
  if (nodes <= 2) return 1;
  return nodes <= 4 ? 2 : Math.max(3, Math.floor(nodes / 200) + 2);
}

/** pkg/render/typha.go */
export function typha(nodes: number): Workload {
  const container = {
    name: 'calico-typha',
    ...image('typha'),
    ports: [{ containerPort: 5473, name: 'calico-typha', protocol: 'TCP' }],
    env: [
      ...variables(
        'TYPHA_LOGSEVERITYSCREEN=info',
        'TYPHA_LOGFILEPATH=none',
        'TYPHA_LOGSEVERITYSYS=none',
        'TYPHA_CONNECTIONREBALANCINGMODE=kubernetes',
        'TYPHA_DATASTORETYPE=kubernetes',
        'TYPHA_HEALTHENABLED=true',
        'TYPHA_HEALTHPORT=9098',
        `TYPHA_K8SNAMESPACE=${CALICO_NAMESPACE}`,
      ),
    ],
    livenessProbe: { ...http('/liveness', 9098), ...LIVENESS },
    readinessProbe: { ...http('/readiness', 9098), ...READINESS },
  };
  const podSpec = {
    tolerations: TOLERATE_ALL,
    terminationGracePeriodSeconds: 300,
    hostNetwork: true,
    priorityClassName: 'system-cluster-critical',
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: {
              labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['calico-typha'] }] },
              topologyKey: 'topology.kubernetes.io/zone',
            },
          },
        ],
      },
    },
    containers: [container],
  };
  return workload('calico-typha', podSpec, {
    replicas: typhas(nodes),
    revisionHistoryLimit: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '100%' } },
  });
}

/** pkg/render/csi.go */
export function csiDriver(): Workload {
  const node = field('KUBE_NODE_NAME', 'spec.nodeName');
  const plugins = '/var/lib/kubelet/plugins/csi.tigera.io';
  const containers = [
    {
      name: 'calico-csi',
      ...image('csi'),
      ...privileged,
      args: ['--nodeid=$(KUBE_NODE_NAME)', '--loglevel=$(LOG_LEVEL)'],
      env: [...variables('LOG_LEVEL=warn'), node],
      volumeMounts: mounts('varrun:/var/run', 'socket-dir:/csi', 'kubelet-dir:/var/lib/kubelet'),
    },
    {
      name: 'csi-node-driver-registrar',
      ...image('node-driver-registrar'),
      ...privileged,
      args: ['--v=5', '--csi-address=$(ADDRESS)', '--kubelet-registration-path=$(DRIVER_REG_SOCK_PATH)'],
      env: [...variables('ADDRESS=/csi/csi.sock', `DRIVER_REG_SOCK_PATH=${plugins}/csi.sock`), node],
      volumeMounts: mounts('socket-dir:/csi', 'registration-dir:/registration'),
    },
  ];
  const podSpec = {
    tolerations: TOLERATE_ALL,
    priorityClassName: 'system-node-critical',
    containers,
    volumes: hostPaths(
      'varrun:/var/run',
      'kubelet-dir:/var/lib/kubelet:Directory',
      `socket-dir:${plugins}:DirectoryOrCreate`,
      'registration-dir:/var/lib/kubelet/plugins_registry:DirectoryOrCreate',
    ),
  };
  return workload('csi-node-driver', podSpec, {}, { name: 'csi-node-driver' });
}

/** pkg/render/kubecontrollers */
export function kubeControllers(): Workload {
  const container = {
    name: 'calico-kube-controllers',
    ...image('kube-controllers'),
    env: [
      ...variables(
        'KUBE_CONTROLLERS_CONFIG_NAME=default',
        'DATASTORE_TYPE=kubernetes',
        'ENABLED_CONTROLLERS=node,loadbalancer',
        'DISABLE_KUBE_CONTROLLERS_CONFIG_API=false',
      ),
    ],
    livenessProbe: {
      ...exec('/usr/bin/check-status', '-l'),
      ...LIVENESS,
      failureThreshold: 6,
      initialDelaySeconds: 10,
    },
    readinessProbe: { ...exec('/usr/bin/check-status', '-r'), ...READINESS },
    securityContext: { runAsUser: 999, runAsGroup: 0, runAsNonRoot: true },
  };
  const podSpec = {
    tolerations: TOLERATE_CONTROL_PLANE,
    priorityClassName: 'system-cluster-critical',
    containers: [container],
  };
  return workload('calico-kube-controllers', podSpec, { replicas: 1, strategy: { type: 'Recreate' } });
}
