import { daemonSet } from '../api/kinds/apps/daemon-set.ts';
import { deployment } from '../api/kinds/apps/deployment.ts';
import { configMap } from '../api/kinds/core/config-map.ts';
import { service } from '../api/kinds/core/service.ts';
import { serviceAccount } from '../api/kinds/core/service-account.ts';
import type { AnyKind } from '../api/kinds/kinds.ts';
import { clusterRoleBinding } from '../api/kinds/rbac/bindings.ts';
import { clusterRole } from '../api/kinds/rbac/roles.ts';

export interface AddonOptions {
  readonly server: string;
  readonly podCidr: string;
  readonly dnsAddress: string;
  readonly versions: { readonly kubernetes: string; readonly coredns: string; readonly kindnetd: string };
}

/** An object that kubeadm, or kind after it, gives to a new cluster. */
export interface Addon {
  readonly kind: AnyKind;
  readonly object: { readonly metadata: { readonly name: string; readonly namespace?: string } };
}

const SYSTEM = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

/** What `kubeadm init` applies once the API server answers (kubeadm, phases/addons). */
export function addons(options: AddonOptions): readonly Addon[] {
  return [
    binding('kubeadm:cluster-admins', 'cluster-admin', {
      kind: 'Group',
      name: 'kubeadm:cluster-admins',
      apiGroup: RBAC,
    }),
    binding('kubeadm:get-nodes', 'kubeadm:get-nodes', {
      kind: 'Group',
      name: 'system:bootstrappers:kubeadm:default-node-token',
      apiGroup: RBAC,
    }),
    role('kubeadm:get-nodes', [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }]),
    ...kubeProxy(options),
    ...coreDns(options),
  ];
}

function role(name: string, rules: readonly object[]): Addon {
  return {
    kind: clusterRole,
    object: { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules } as Addon['object'],
  };
}

function binding(name: string, of: string, subject: object): Addon {
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: of };
  return {
    kind: clusterRoleBinding,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef,
      subjects: [subject],
    } as Addon['object'],
  };
}

function account(name: string): Addon {
  return {
    kind: serviceAccount,
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: SYSTEM } } as Addon['object'],
  };
}

function config(name: string, data: Readonly<Record<string, string>>, labels?: object): Addon {
  const metadata = { name, namespace: SYSTEM, ...(labels && { labels }) };
  return { kind: configMap, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as Addon['object'] };
}

const accountSubject = (name: string) => ({ kind: 'ServiceAccount', name, namespace: SYSTEM });

function kubeProxy({ server, podCidr, versions }: AddonOptions): readonly Addon[] {
  const spec = {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-proxy' } },
      spec: {
        containers: [
          {
            name: 'kube-proxy',
            image: `registry.k8s.io/kube-proxy:${versions.kubernetes}`,
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            securityContext: { privileged: true },
            volumeMounts: [
              { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
              { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
              { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
            ],
          },
        ],
        hostNetwork: true,
        serviceAccountName: 'kube-proxy',
        priorityClassName: 'system-node-critical',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [{ operator: 'Exists' }],
        volumes: [
          { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
          { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
        ],
      },
    },
    updateStrategy: { type: 'RollingUpdate' },
  };
  return [
    account('kube-proxy'),
    binding('kubeadm:node-proxier', 'system:node-proxier', accountSubject('kube-proxy')),
    config(
      'kube-proxy',
      { 'config.conf': proxyConfig(podCidr), 'kubeconfig.conf': accountKubeconfig(server) },
      { app: 'kube-proxy' },
    ),
    {
      kind: daemonSet,
      object: {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'kube-proxy', namespace: SYSTEM, labels: { 'k8s-app': 'kube-proxy' } },
        spec,
      } as Addon['object'],
    },
  ];
}

/** The fields that say something; the real file lists every other with its zero value. */
function proxyConfig(podCidr: string): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
clusterCIDR: ${podCidr}
hostnameOverride: ""
iptables:
  masqueradeAll: false
  minSyncPeriod: 1s
kind: KubeProxyConfiguration
metricsBindAddress: ""
mode: iptables
`;
}

function accountKubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: ${server}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`;
}

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

function coreDns({ dnsAddress, versions }: AddonOptions): readonly Addon[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const probe = (path: string, port: string, more: object) => ({ httpGet: { path, port, scheme: 'HTTP' }, ...more });
  const spec = {
    replicas: 2,
    selector: { matchLabels: labels },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels },
      spec: {
        priorityClassName: 'system-cluster-critical',
        serviceAccountName: 'coredns',
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                  topologyKey: 'kubernetes.io/hostname',
                },
              },
            ],
          },
        },
        tolerations: [
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
          { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
        ],
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        containers: [
          {
            name: 'coredns',
            image: `registry.k8s.io/coredns/coredns:${versions.coredns}`,
            imagePullPolicy: 'IfNotPresent',
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
            args: ['-conf', '/etc/coredns/Corefile'],
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            ports: [
              { containerPort: 53, name: 'dns', protocol: 'UDP' },
              { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
              { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
              { containerPort: 8080, name: 'liveness-probe', protocol: 'TCP' },
              { containerPort: 8181, name: 'readiness-probe', protocol: 'TCP' },
            ],
            livenessProbe: probe('/health', 'liveness-probe', {
              initialDelaySeconds: 60,
              timeoutSeconds: 5,
              successThreshold: 1,
              failureThreshold: 5,
            }),
            readinessProbe: probe('/ready', 'readiness-probe', {}),
          },
        ],
        dnsPolicy: 'Default',
        volumes: [
          { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
        ],
      },
    },
  };
  const serviceSpec = {
    clusterIP: dnsAddress,
    selector: labels,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ],
  };
  return [
    account('coredns'),
    role('system:coredns', [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]),
    binding('system:coredns', 'system:coredns', accountSubject('coredns')),
    config('coredns', { Corefile: COREFILE }),
    {
      kind: deployment,
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'coredns', namespace: SYSTEM, labels },
        spec,
      } as Addon['object'],
    },
    {
      kind: service,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'kube-dns',
          namespace: SYSTEM,
          labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
          annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
        },
        spec: serviceSpec,
      } as Addon['object'],
    },
  ];
}

/** kind's network. */
export function kindnet({ server, podCidr, versions }: AddonOptions): readonly Addon[] {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const spec = {
    selector: { matchLabels: { app: 'kindnet' } },
    template: {
      metadata: { labels: { app: 'kindnet', 'k8s-app': 'kindnet', tier: 'node' } },
      spec: {
        hostNetwork: true,
        priorityClassName: 'system-node-critical',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [{ operator: 'Exists' }],
        serviceAccountName: 'kindnet',
        containers: [
          {
            name: 'kindnet-cni',
            image: `docker.io/kindest/kindnetd:${versions.kindnetd}`,
            imagePullPolicy: 'IfNotPresent',
            env: [
              field('HOST_IP', 'status.hostIP'),
              field('POD_IP', 'status.podIP'),
              { name: 'POD_SUBNET', value: podCidr },
              { name: 'CONTROL_PLANE_ENDPOINT', value: server.replace('https://', '') },
            ],
            volumeMounts: [
              { name: 'cni-cfg', mountPath: '/etc/cni/net.d' },
              { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
              { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
            ],
            resources: { requests: { cpu: '100m', memory: '50Mi' }, limits: { cpu: '100m', memory: '50Mi' } },
            securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
          },
        ],
        volumes: [
          { name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
          { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
        ],
      },
    },
  };
  return [
    account('kindnet'),
    role('kindnet', [
      { apiGroups: [''], resources: ['nodes', 'pods', 'namespaces'], verbs: ['list', 'watch', 'patch'] },
    ]),
    binding('kindnet', 'kindnet', accountSubject('kindnet')),
    {
      kind: daemonSet,
      object: {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {
          name: 'kindnet',
          namespace: SYSTEM,
          labels: { tier: 'node', app: 'kindnet', 'k8s-app': 'kindnet' },
        },
        spec,
      } as Addon['object'],
    },
  ];
}
