import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { configMap } from '../api/kinds/core/config-map.ts';
import { service } from '../api/kinds/core/service.ts';
import type { Addon } from '../kubeadm/addons.ts';
import { CALICO_NAMESPACE } from './namespaces.ts';
import { accountOf, namespaceOf, objectOf } from './objects.ts';
import { CALICO_VERSION } from './versions.ts';

const GROUPS = 'projectcalico.org,crd.projectcalico.org';
const IPAM = 'blockaffinities,ipamblocks,ipamhandles,ipamconfigurations,ipamconfigs';
const TOLERATE_ALL = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { effect: 'NoSchedule', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
];
const TOLERATE_CONTROL_PLANE = [
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/master' },
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
];

/**
 * What the operator makes of an Installation (tigera/operator, pkg/render): node.go, typha.go, csi.go, kube-controllers.go, with the labels,
 * the probes' periods and the order of pkg/controller/utils/component.go. Certificates between Typha and Felix, and what needs them, are
 * left out, and rules of roles that nothing here uses; so are PodDisruptionBudgets and the CSIDriver, whose kinds are not simulated.
 *
 * @param nodes how many there are, which decides how many Typhas there are
 */
export function render(nodes: number): readonly Addon[] {
  return [
    namespaceOf(CALICO_NAMESPACE),
    ...accountOf(
      'calico-node',
      CALICO_NAMESPACE,
      'list,watch discovery.k8s.io endpointslices',
      'get,list,watch , pods,nodes,namespaces,endpoints,services,serviceaccounts',
      'patch,update , nodes/status',
      'patch , pods/status',
      'create , serviceaccounts/token calico-cni-plugin',
      'get , configmaps',
      `get,list,watch ${GROUPS} bgpconfigurations,bgpfilters,bgppeers,clusterinformations,felixconfigurations,globalnetworkpolicies,globalnetworksets,hostendpoints,ippools,ipreservations,networkpolicies,networksets,stagedglobalnetworkpolicies,stagedkubernetesnetworkpolicies,stagednetworkpolicies,tiers`,
      `create,update ${GROUPS} clusterinformations,felixconfigurations,bgpconfigurations,ippools`,
      `create ${GROUPS} tiers`,
      `get,list,create,update,delete ${GROUPS} ${IPAM}`,
      `watch ${GROUPS} blockaffinities`,
    ),
    ...accountOf(
      'calico-cni-plugin',
      CALICO_NAMESPACE,
      'get , pods,nodes,namespaces',
      'patch , pods/status',
      `get,list,create,update,delete ${GROUPS} ${IPAM},clusterinformations,ippools,ipreservations`,
    ),
    ...accountOf('calico-typha', CALICO_NAMESPACE),
    ...accountOf(
      'calico-kube-controllers',
      CALICO_NAMESPACE,
      'get,list,watch , nodes,pods,services,endpoints',
      `get,list,create,update,delete,watch ${GROUPS} ${IPAM},ippools`,
      `get,create,list,update,watch ${GROUPS} kubecontrollersconfigurations`,
      `get,create,update ${GROUPS} clusterinformations`,
    ),
    ...accountOf('csi-node-driver', CALICO_NAMESPACE),
    objectOf(service, 'calico-typha', CALICO_NAMESPACE, {
      spec: {
        ports: [{ name: 'calico-typha', port: 5473, protocol: 'TCP', targetPort: 'calico-typha' }],
        selector: { 'k8s-app': 'calico-typha' },
      },
    }),
    objectOf(deployment, 'calico-typha', CALICO_NAMESPACE, ...typha(nodes)),
    objectOf(configMap, 'cni-config', CALICO_NAMESPACE, { data: { config: cniConfig() } }),
    objectOf(daemonSet, 'calico-node', CALICO_NAMESPACE, ...calicoNode()),
    objectOf(daemonSet, 'csi-node-driver', CALICO_NAMESPACE, ...csiDriver()),
    objectOf(deployment, 'calico-kube-controllers', CALICO_NAMESPACE, ...kubeControllers()),
  ];
}

/** One fewer than nodes, at most three up to 200 of them (pkg/common/autoscale.go). */
function typhas(nodes: number): number {
  if (nodes <= 2) return 1;
  return nodes <= 4 ? 2 : Math.max(3, Math.floor(nodes / 200) + 2);
}

/** The names under which everything of a workload is found. */
function labelsOf(name: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/component': 'Installation.operator.tigera.io',
    'app.kubernetes.io/instance': 'default',
    'app.kubernetes.io/managed-by': 'tigera-operator',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'Calico',
    'k8s-app': name,
  };
}

type Workload = [content: { readonly spec: object }, meta: { readonly labels: object }];

function workload(name: string, podSpec: object, more: object, podLabels: object = {}): Workload {
  const labels = labelsOf(name);
  const spec = {
    selector: { matchLabels: { 'k8s-app': name } },
    template: {
      metadata: { labels: { ...labels, ...podLabels } },
      spec: { serviceAccountName: name, nodeSelector: { 'kubernetes.io/os': 'linux' }, ...podSpec },
    },
    ...more,
  };
  return [{ spec }, { labels }];
}

const image = (name: string) => ({
  image: `quay.io/calico/${name}:${CALICO_VERSION}`,
  imagePullPolicy: 'IfNotPresent',
});
const variable = (name: string, value: string) => ({ name, value });
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const mounts = (...places: readonly string[]) =>
  places.map((place) => {
    const [name = '', mountPath = ''] = place.split(':');
    return { name, mountPath };
  });
/** `name:path` and the type of a directory, if it is to be one. */
const hostPaths = (...places: readonly string[]) =>
  places.map((place) => {
    const [name = '', path = '', type] = place.split(':');
    return { name, hostPath: { path, ...(type && { type }) } };
  });
const privileged = { securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0 } };
const LIVENESS = { periodSeconds: 60, timeoutSeconds: 10 };
const READINESS = { periodSeconds: 30, timeoutSeconds: 10 };
const http = (path: string, port: number) => ({ httpGet: { host: 'localhost', path, port } });
const exec = (...command: readonly string[]) => ({ exec: { command } });

function calicoNode(): Workload {
  const readiness = exec('/bin/calico-node', '-bird-ready', '-felix-ready');
  const container = {
    name: 'calico-node',
    ...image('node'),
    ...privileged,
    env: [
      variable('DATASTORE_TYPE', 'kubernetes'),
      variable('WAIT_FOR_DATASTORE', 'true'),
      variable('CLUSTER_TYPE', 'k8s,operator,bgp'),
      variable('CALICO_DISABLE_FILE_LOGGING', 'false'),
      variable('FELIX_DEFAULTENDPOINTTOHOSTACTION', 'ACCEPT'),
      variable('FELIX_HEALTHENABLED', 'true'),
      variable('FELIX_HEALTHPORT', '9099'),
      field('NODENAME', 'spec.nodeName'),
      field('NAMESPACE', 'metadata.namespace'),
      variable('FELIX_TYPHAK8SNAMESPACE', CALICO_NAMESPACE),
      variable('FELIX_TYPHAK8SSERVICENAME', 'calico-typha'),
      variable('NO_DEFAULT_POOLS', 'true'),
      variable('CALICO_MANAGE_CNI', 'true'),
      variable('CALICO_NETWORKING_BACKEND', 'bird'),
      variable('IP', 'autodetect'),
      variable('IP_AUTODETECTION_METHOD', 'first-found'),
      variable('IP6', 'none'),
      variable('FELIX_IPV6SUPPORT', 'false'),
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
        variable('CNI_CONF_NAME', '10-calico.conflist'),
        variable('SLEEP', 'false'),
        variable('CNI_NET_DIR', '/etc/cni/net.d'),
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

function typha(nodes: number): Workload {
  const container = {
    name: 'calico-typha',
    ...image('typha'),
    ports: [{ containerPort: 5473, name: 'calico-typha', protocol: 'TCP' }],
    env: [
      variable('TYPHA_LOGSEVERITYSCREEN', 'info'),
      variable('TYPHA_LOGFILEPATH', 'none'),
      variable('TYPHA_LOGSEVERITYSYS', 'none'),
      variable('TYPHA_CONNECTIONREBALANCINGMODE', 'kubernetes'),
      variable('TYPHA_DATASTORETYPE', 'kubernetes'),
      variable('TYPHA_HEALTHENABLED', 'true'),
      variable('TYPHA_HEALTHPORT', '9098'),
      variable('TYPHA_K8SNAMESPACE', CALICO_NAMESPACE),
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

function csiDriver(): Workload {
  const node = field('KUBE_NODE_NAME', 'spec.nodeName');
  const plugins = '/var/lib/kubelet/plugins/csi.tigera.io';
  const containers = [
    {
      name: 'calico-csi',
      ...image('csi'),
      ...privileged,
      args: ['--nodeid=$(KUBE_NODE_NAME)', '--loglevel=$(LOG_LEVEL)'],
      env: [variable('LOG_LEVEL', 'warn'), node],
      volumeMounts: mounts('varrun:/var/run', 'socket-dir:/csi', 'kubelet-dir:/var/lib/kubelet'),
    },
    {
      name: 'csi-node-driver-registrar',
      ...image('node-driver-registrar'),
      ...privileged,
      args: ['--v=5', '--csi-address=$(ADDRESS)', '--kubelet-registration-path=$(DRIVER_REG_SOCK_PATH)'],
      env: [variable('ADDRESS', '/csi/csi.sock'), variable('DRIVER_REG_SOCK_PATH', `${plugins}/csi.sock`), node],
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

function kubeControllers(): Workload {
  const container = {
    name: 'calico-kube-controllers',
    ...image('kube-controllers'),
    env: [
      variable('KUBE_CONTROLLERS_CONFIG_NAME', 'default'),
      variable('DATASTORE_TYPE', 'kubernetes'),
      variable('ENABLED_CONTROLLERS', 'node,loadbalancer'),
      variable('DISABLE_KUBE_CONTROLLERS_CONFIG_API', 'false'),
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

/** The blanks are the operator's. */
function cniConfig(): string {
  const calico = {
    calico_api_group: '',
    container_settings: { allow_ip_forwarding: false },
    datastore_type: 'kubernetes',
    endpoint_status_dir: '/var/run/calico/endpoint-status',
    ipam: { assign_ipv4: 'true', assign_ipv6: 'false', type: 'calico-ipam' },
    kubernetes: { kubeconfig: '__KUBECONFIG_FILEPATH__' },
    log_file_max_age: 30,
    log_file_max_count: 10,
    log_file_max_size: 100,
    log_file_path: '/var/log/calico/cni/cni.log',
    log_level: 'Info',
    mtu: 0,
    nodename_file_optional: false,
    policy: { type: 'k8s' },
    policy_setup_timeout_seconds: 0,
    type: 'calico',
  };
  const portmap = { capabilities: { portMappings: true }, snat: true, type: 'portmap' };
  const indent = `\n${'\t'.repeat(3)}`;
  return [
    '{',
    '  "name": "k8s-pod-network",',
    '  "cniVersion": "1.0.0",',
    `  "plugins": ${JSON.stringify([calico, portmap])}`,
    '}',
  ].join(indent);
}
