import type { ProcessContext } from '#machine/program.ts';
import { encodeBase64 } from '#x509/base64.ts';
import type { Client } from '../client/client.ts';
import { installFile } from '../node/file-system/install.ts';
import { inCluster } from './service-account.ts';

const ACCOUNT = '/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin/token';
const ONE_DAY = 86_400;
const PATH = '/host/etc/cni/net.d/calico-kubeconfig';

/** What the CNI plugin reaches the API server with, beside its configuration (node/pkg/cni/token_watch.go). @throws ApiError, ConnectionError */
export function writeCniKubeconfig(process: ProcessContext, client: Client): void {
  const answer = client.request({
    method: 'POST',
    path: ACCOUNT,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: ONE_DAY },
    },
  }) as { readonly status: { readonly token: string } };
  const { host, port, authority } = inCluster(process);
  const text = `# Kubeconfig file for Calico CNI plugin. Installed by calico/node.
apiVersion: v1
kind: Config
clusters:
- name: local
  cluster:
    server: https://${host}:${port}
    certificate-authority-data: "${encodeBase64(Uint8Array.from(authority, (letter) => letter.charCodeAt(0)))}"
users:
- name: calico
  user:
    token: ${answer.status.token}
contexts:
- name: calico-context
  context:
    cluster: local
    user: calico
current-context: calico-context`;
  installFile(process.files, PATH, text, 0o600);
}
