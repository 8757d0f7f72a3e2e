import { timestamp } from '#kernel/calendar.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { encodeBase64 } from '#x509/base64.ts';
import { encodeCertificate } from '#x509/certificate.ts';
import { encodePrivateKey } from '#x509/key.ts';
import { type Authorities, type Identity, signed, type WriteFile } from './pki.ts';

export interface KubeletFilesOptions {
  readonly kernel: Kernel;
  readonly nodeName: string;
  readonly address: string;
  readonly clusterName: string;
  /** `https://172.18.0.2:6443` */
  readonly server: string;
  readonly clusterDns: string;
  /** The first node writes its own kubeconfig; others get theirs when they join. */
  readonly isFirst: boolean;
}

const DIRECTORY = '/var/lib/kubelet';
const CURRENT = `${DIRECTORY}/pki/kubelet-client-current.pem`;

/**
 * What kubeadm, and the kubelet when it joined, leave for it on a node (kubeadm, phases/kubelet).
 *
 * @param link makes a symlink
 */
export function writeKubeletFiles(
  options: KubeletFilesOptions,
  authorities: Authorities,
  write: WriteFile,
  link: (target: string, path: string) => void,
): void {
  const { kernel, nodeName, address, clusterDns } = options;
  const user = `system:node:${nodeName}`;
  const client = signed(kernel, authorities.kubernetes, {
    commonName: user,
    organizations: ['system:nodes'],
    usages: ['ClientAuth'],
  });
  const pem = `${DIRECTORY}/pki/kubelet-client-${timestamp(kernel.now).slice(0, 19).replace(/[T:]/g, '-')}.pem`;
  write(pem, encodeCertificate(client.certificate) + encodePrivateKey(client.key), 0o600);
  link(pem, CURRENT);
  const serving = signed(kernel, authorities.kubernetes, {
    commonName: `${nodeName}@${Math.floor(kernel.now / 1000)}`,
    usages: ['ServerAuth'],
    dnsNames: [nodeName],
    ipAddresses: [address],
  });
  write(`${DIRECTORY}/pki/kubelet.crt`, encodeCertificate(serving.certificate), 0o644);
  write(`${DIRECTORY}/pki/kubelet.key`, encodePrivateKey(serving.key), 0o600);
  write(`${DIRECTORY}/config.yaml`, configuration(clusterDns), 0o644);
  write(
    `${DIRECTORY}/kubeadm-flags.env`,
    `KUBELET_KUBEADM_ARGS="--hostname-override=${nodeName} --node-ip=${address} --node-labels="\n`,
    0o644,
  );
  write('/etc/kubernetes/kubelet.conf', nodeKubeconfig(options, authorities.kubernetes), 0o600);
  write('/etc/kubernetes/pki/ca.crt', encodeCertificate(authorities.kubernetes.certificate), 0o644);
}

/** Its client certificate stays in a file of its own, which the kubelet renews. */
function nodeKubeconfig({ nodeName, clusterName, server, isFirst }: KubeletFilesOptions, authority: Identity): string {
  const user = isFirst ? `system:node:${nodeName}` : 'default-auth';
  const cluster = isFirst ? clusterName : 'default-cluster';
  const context = isFirst ? `${user}@${cluster}` : 'default-context';
  const pem = encodeCertificate(authority.certificate);
  const data = encodeBase64(Uint8Array.from(pem, (letter) => letter.charCodeAt(0)));
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${data}
    server: ${server}
  name: ${cluster}
contexts:
- context:
    cluster: ${cluster}
${isFirst ? '' : '    namespace: default\n'}    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
users:
- name: ${user}
  user:
    client-certificate: ${CURRENT}
    client-key: ${CURRENT}
`;
}

/** KubeletConfiguration as kubeadm fills it in on kind's nodes. */
function configuration(clusterDns: string): string {
  return `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
cgroupRoot: /kubelet
clusterDNS:
- ${clusterDns}
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cpuManagerReconcilePeriod: 0s
crashLoopBackOff: {}
evictionHard:
  imagefs.available: 0%
  nodefs.available: 0%
  nodefs.inodesFree: 0%
evictionPressureTransitionPeriod: 0s
failSwapOn: false
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageGCHighThresholdPercent: 100
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
`;
}
