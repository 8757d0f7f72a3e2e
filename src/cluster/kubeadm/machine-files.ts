import type { Kernel } from '#kernel/kernel.ts';
import { VERSIONS } from '../images.ts';
import { installFile } from '../node/file-system/install.ts';
import type { ClusterNode } from '../node/node.ts';
import { DNS_ADDRESS, POD_CIDR, SERVICE_ADDRESS, SERVICE_CIDR } from './addresses.ts';
import { kubeconfig } from './kubeconfig.ts';
import { writeKubeletFiles } from './kubelet-files.ts';
import { controlPlaneManifests } from './manifests.ts';
import { signed, writePki } from './pki.ts';

export interface MachineFilesOptions {
  readonly kernel: Kernel;
  readonly clusterName: string;
  readonly server: string;
  readonly controlPlane: ClusterNode;
  readonly nodes: Iterable<ClusterNode>;
}

/** What kubeadm leaves on each machine before anything runs: certificates, kubeconfigs, the kubelet's files, manifests. */
export function writeMachineFiles({ kernel, clusterName, server, controlPlane, nodes }: MachineFilesOptions): void {
  const { name, address, files } = controlPlane;
  const authorities = writePki(
    { kernel, nodeName: name, address, serviceAddress: SERVICE_ADDRESS },
    (path, text, mode) => installFile(files, path, text, mode),
  );
  const conf = (path: string, user: string, commonName: string, organizations: readonly string[]) => {
    const identity = signed(kernel, authorities.kubernetes, { commonName, organizations, usages: ['ClientAuth'] });
    const text = kubeconfig(clusterName, server, authorities.kubernetes, user, identity);
    installFile(files, `/etc/kubernetes/${path}`, text, 0o600);
  };
  conf('admin.conf', 'kubernetes-admin', 'kubernetes-admin', ['kubeadm:cluster-admins']);
  conf('super-admin.conf', 'kubernetes-super-admin', 'kubernetes-super-admin', ['system:masters']);
  for (const component of ['controller-manager', 'scheduler'])
    conf(`${component}.conf`, `system:kube-${component}`, `system:kube-${component}`, []);
  for (const node of nodes) {
    writeKubeletFiles(
      {
        kernel,
        nodeName: node.name,
        address: node.address,
        clusterName,
        server,
        clusterDns: DNS_ADDRESS,
        isFirst: node === controlPlane,
      },
      authorities,
      (path, text, mode) => installFile(node.files, path, text, mode),
      (target, path) => node.files.symlink(target, path),
    );
  }
  // Who made the cluster used kubectl here: what it discovered is kept for its next use.
  const cache = `/root/.kube/cache/discovery/${server.replace('https://', '').replaceAll(/[^\w.]/g, '_')}/servergroups.json`;
  installFile(files, cache, '{"kind":"APIGroupList","apiVersion":"v1","groups":[]}\n', 0o660);
  const manifests = controlPlaneManifests({
    nodeName: name,
    address,
    clusterName,
    version: VERSIONS.kubernetes,
    etcdVersion: VERSIONS.etcd,
    podCidr: POD_CIDR,
    serviceCidr: SERVICE_CIDR,
  });
  for (const [file, text] of Object.entries(manifests))
    installFile(files, `/etc/kubernetes/manifests/${file}`, text, 0o600);
}
