import { stringify } from 'yaml';
import { PKI } from './pki.ts';

export interface ManifestOptions {
  readonly nodeName: string;
  readonly address: string;
  readonly clusterName: string;
  readonly version: string;
  readonly etcdVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
}

interface Probe {
  readonly host: string;
  readonly path: string;
  readonly scheme: 'HTTP' | 'HTTPS';
}

interface Component {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly image: string;
  readonly port: number;
  readonly liveness: Probe;
  readonly readiness?: Probe;
  readonly startup: Probe;
  readonly requests: Readonly<Record<string, string>>;
  /** Volumes as name, path, type, and whether they are read only. */
  readonly volumes: readonly (readonly [name: string, path: string, type: string, isReadOnly: boolean])[];
}

const CERTIFICATES = [
  ['ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate', true],
  ['etc-ca-certificates', '/etc/ca-certificates', 'DirectoryOrCreate', true],
  ['k8s-certs', PKI, 'DirectoryOrCreate', true],
] as const;
const MORE_CERTIFICATES = [
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates', 'DirectoryOrCreate', true],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates', 'DirectoryOrCreate', true],
] as const;

/** The manifests of the control plane, by the name of their file (kubeadm, phases/controlplane and phases/etcd). */
export function controlPlaneManifests(options: ManifestOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [etcd(options), apiServer(options), controllerManager(options), scheduler(options)].map((each) => [
      `${each.name}.yaml`,
      manifestOf(each),
    ]),
  );
}

function etcd({ nodeName, address, etcdVersion }: ManifestOptions): Component {
  const probe = (path: string): Probe => ({ host: '127.0.0.1', path, scheme: 'HTTP' });
  return {
    name: 'etcd',
    annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${address}:2379` },
    command: [
      'etcd',
      `--advertise-client-urls=https://${address}:2379`,
      `--cert-file=${PKI}/etcd/server.crt`,
      '--client-cert-auth=true',
      '--data-dir=/var/lib/etcd',
      '--feature-gates=InitialCorruptCheck=true',
      `--initial-advertise-peer-urls=https://${address}:2380`,
      `--initial-cluster=${nodeName}=https://${address}:2380`,
      `--key-file=${PKI}/etcd/server.key`,
      `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
      '--listen-metrics-urls=http://127.0.0.1:2381',
      `--listen-peer-urls=https://${address}:2380`,
      `--name=${nodeName}`,
      `--peer-cert-file=${PKI}/etcd/peer.crt`,
      '--peer-client-cert-auth=true',
      `--peer-key-file=${PKI}/etcd/peer.key`,
      `--peer-trusted-ca-file=${PKI}/etcd/ca.crt`,
      '--snapshot-count=10000',
      `--trusted-ca-file=${PKI}/etcd/ca.crt`,
      '--watch-progress-notify-interval=5s',
    ],
    image: `registry.k8s.io/etcd:${etcdVersion}`,
    port: 2381,
    liveness: probe('/livez'),
    readiness: probe('/readyz'),
    startup: probe('/readyz'),
    requests: { cpu: '100m', memory: '100Mi' },
    volumes: [
      ['etcd-data', '/var/lib/etcd', 'DirectoryOrCreate', false],
      ['etcd-certs', `${PKI}/etcd`, 'DirectoryOrCreate', false],
    ],
  };
}

function apiServer({ address, version, serviceCidr }: ManifestOptions): Component {
  const probe = (path: string): Probe => ({ host: address, path, scheme: 'HTTPS' });
  return {
    name: 'kube-apiserver',
    annotations: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443` },
    command: [
      'kube-apiserver',
      `--advertise-address=${address}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      `--client-ca-file=${PKI}/ca.crt`,
      '--enable-admission-plugins=NodeRestriction',
      '--enable-bootstrap-token-auth=true',
      `--etcd-cafile=${PKI}/etcd/ca.crt`,
      `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
      `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
      '--etcd-servers=https://127.0.0.1:2379',
      `--kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt`,
      `--kubelet-client-key=${PKI}/apiserver-kubelet-client.key`,
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      `--proxy-client-cert-file=${PKI}/front-proxy-client.crt`,
      `--proxy-client-key-file=${PKI}/front-proxy-client.key`,
      '--requestheader-allowed-names=front-proxy-client',
      `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${PKI}/sa.pub`,
      `--service-account-signing-key-file=${PKI}/sa.key`,
      `--service-cluster-ip-range=${serviceCidr}`,
      `--tls-cert-file=${PKI}/apiserver.crt`,
      `--tls-private-key-file=${PKI}/apiserver.key`,
    ],
    image: `registry.k8s.io/kube-apiserver:${version}`,
    port: 6443,
    liveness: probe('/livez'),
    readiness: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '250m' },
    volumes: [...CERTIFICATES, ...MORE_CERTIFICATES],
  };
}

function controllerManager({ clusterName, version, podCidr, serviceCidr }: ManifestOptions): Component {
  const conf = '/etc/kubernetes/controller-manager.conf';
  const probe: Probe = { host: '127.0.0.1', path: '/healthz', scheme: 'HTTPS' };
  return {
    name: 'kube-controller-manager',
    command: [
      'kube-controller-manager',
      '--allocate-node-cidrs=true',
      `--authentication-kubeconfig=${conf}`,
      `--authorization-kubeconfig=${conf}`,
      '--bind-address=127.0.0.1',
      `--client-ca-file=${PKI}/ca.crt`,
      `--cluster-cidr=${podCidr}`,
      `--cluster-name=${clusterName}`,
      `--cluster-signing-cert-file=${PKI}/ca.crt`,
      `--cluster-signing-key-file=${PKI}/ca.key`,
      '--controllers=*,bootstrapsigner,tokencleaner',
      `--kubeconfig=${conf}`,
      '--leader-elect=true',
      `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
      `--root-ca-file=${PKI}/ca.crt`,
      `--service-account-private-key-file=${PKI}/sa.key`,
      `--service-cluster-ip-range=${serviceCidr}`,
      '--use-service-account-credentials=true',
    ],
    image: `registry.k8s.io/kube-controller-manager:${version}`,
    port: 10257,
    liveness: probe,
    startup: probe,
    requests: { cpu: '200m' },
    volumes: [...CERTIFICATES, ['kubeconfig', conf, 'FileOrCreate', true], ...MORE_CERTIFICATES],
  };
}

function scheduler({ version }: ManifestOptions): Component {
  const conf = '/etc/kubernetes/scheduler.conf';
  const probe = (path: string): Probe => ({ host: '127.0.0.1', path, scheme: 'HTTPS' });
  return {
    name: 'kube-scheduler',
    command: [
      'kube-scheduler',
      `--authentication-kubeconfig=${conf}`,
      `--authorization-kubeconfig=${conf}`,
      '--bind-address=127.0.0.1',
      `--kubeconfig=${conf}`,
      '--leader-elect=true',
    ],
    image: `registry.k8s.io/kube-scheduler:${version}`,
    port: 10259,
    liveness: probe('/livez'),
    readiness: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '100m' },
    volumes: [['kubeconfig', conf, 'FileOrCreate', true]],
  };
}

function manifestOf(component: Component): string {
  const probe = ({ host, path, scheme }: Probe, more: object) => ({
    ...more,
    httpGet: { host, path, port: 'probe-port', scheme },
    timeoutSeconds: 15,
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(component.annotations && { annotations: component.annotations }),
      labels: { component: component.name, tier: 'control-plane' },
      name: component.name,
      namespace: 'kube-system',
    },
    spec: {
      containers: [
        {
          command: component.command,
          image: component.image,
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: probe(component.liveness, { failureThreshold: 8, initialDelaySeconds: 10, periodSeconds: 10 }),
          name: component.name,
          ports: [{ containerPort: component.port, name: 'probe-port', protocol: 'TCP' }],
          ...(component.readiness && {
            readinessProbe: probe(component.readiness, { failureThreshold: 3, periodSeconds: 1 }),
          }),
          resources: { requests: component.requests },
          startupProbe: probe(component.startup, { failureThreshold: 24, initialDelaySeconds: 10, periodSeconds: 10 }),
          volumeMounts: component.volumes.map(([name, mountPath, , isReadOnly]) => ({
            mountPath,
            name,
            ...(isReadOnly && { readOnly: true }),
          })),
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: component.volumes.map(([name, path, type]) => ({ hostPath: { path, type }, name })),
    },
    status: {},
  };
  return stringify(pod, { indentSeq: false, aliasDuplicateObjects: false });
}
