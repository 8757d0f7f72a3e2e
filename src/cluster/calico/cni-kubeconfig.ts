import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext } from '#machine/program.ts';
import { encodeBase64 } from '#x509/base64.ts';
import type { Client } from '../client/client.ts';
import { installFile } from '../node/file-system/install.ts';
import { logLine, untilDone } from './process.ts';
import { inCluster } from './service-account.ts';

const ACCOUNT = '/api/v1/namespaces/calico-system/serviceaccounts/calico-cni-plugin/token';
const ONE_DAY = 86_400;
/** A token of one day is made anew four times a day; in milliseconds. */
const REFRESH = 6 * 3_600_000;
const WHERE = 'cni-config-monitor/token_watch.go 244';
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

/** Writes it, and anew whenever it gets old, until the process ends. */
export function* keepCniKubeconfig(process: ProcessContext, client: Client): Routine<void> {
  const { kernel, files, streams, isResumed } = process;
  const refresh = () => writeCniKubeconfig(process, client);
  const isFresh = isResumed && files.exists(PATH) && kernel.now - files.stat(PATH).mtime < REFRESH;
  if (!isFresh) yield* untilDone(process, WHERE, refresh);
  const timer = kernel.every(REFRESH, () => {
    try {
      refresh();
    } catch (error) {
      streams.out(logLine(process, WHERE, (error as Error).message, 'ERROR'));
    }
  });
  process.onExit(() => timer.cancel());
}
