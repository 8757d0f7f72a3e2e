import { fileURLToPath } from 'node:url';
import { succeed } from '../../scripts/programs/run.ts';

/** The release of Calico that is installed; its manifests are taken from the project's own repository. */
const VERSION = 'v3.32.2';
const MANIFESTS = `https://raw.githubusercontent.com/projectcalico/calico/${VERSION}/manifests`;

/** What a cluster's configuration says besides, so that a CNI plug-in can be installed into it. */
export const withoutPlugin = 'networking:\n  disableDefaultCNI: true\n  podSubnet: 10.244.0.0/16\n';

/**
 * Installs Calico by its operator into a cluster without a CNI plug-in. The images come from the internet.
 * Source: docs.tigera.io, "Install Calico networking and network policy for on-premises deployments".
 *
 * @throws Error with what kubectl said
 */
export async function installCalico(kubeconfig: string): Promise<void> {
  const kubectl = (...args: string[]) => succeed('kubectl', ['--kubeconfig', kubeconfig, ...args]);
  // Its definitions are too large for the annotation of a client-side apply.
  for (const file of ['operator-crds.yaml', 'tigera-operator.yaml']) {
    await kubectl('apply', '--server-side', '--filename', `${MANIFESTS}/${file}`);
  }
  await kubectl('wait', '--for=condition=Established', '--timeout=60s', 'crd/installations.operator.tigera.io');
  await kubectl('apply', '--filename', fileURLToPath(new URL('calico.yaml', import.meta.url)));
  await kubectl('wait', '--for=create', '--timeout=180s', '--namespace', 'calico-system', 'daemonset/calico-node');
  await kubectl('rollout', 'status', '--timeout=300s', '--namespace', 'calico-system', 'daemonset/calico-node');
}
