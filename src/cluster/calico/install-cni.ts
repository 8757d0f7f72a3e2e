import type { Routine } from '#kernel/coroutine.ts';
import type { ProcessContext, Program } from '#machine/program.ts';
import { installFile } from '../node/file-system/install.ts';
import { writeCniKubeconfig } from './cni-kubeconfig.ts';
import { logLine, untilDone } from './process.ts';
import { accountClient } from './service-account.ts';
import { CALICO_VERSION } from './versions.ts';

const BINARIES = '/host/opt/cni/bin';
const CONFIGURATIONS = '/host/etc/cni/net.d';
/** What the image calico/cni brings. */
const PLUGINS = ['bandwidth', 'calico', 'calico-ipam', 'flannel', 'host-local', 'loopback', 'portmap', 'tuning'];
const EXECUTABLE = 0o755;

/** The init container install-cni of calico-node: plugins and their configuration for its node (cni-plugin/pkg/install). */
export const installCniProgram: Program = function* installCni(process: ProcessContext): Routine<number> {
  const { env, files, streams } = process;
  const say = (where: string, text: string) =>
    streams.error(logLine(process, `cni-installer/install.go ${where}`, text));
  say('134', 'Running as a Kubernetes pod');
  for (const plugin of PLUGINS) {
    const path = `${BINARIES}/${plugin}`;
    if (!files.exists(path)) installFile(files, path, `calico/cni ${CALICO_VERSION}\n`, EXECUTABLE);
    say('220', `Installed ${path}`);
  }
  say('224', `Wrote Calico CNI binaries to ${BINARIES}`);
  const client = accountClient(process, 'install');
  yield* untilDone(process, 'cni-installer/install.go 476', () => writeCniKubeconfig(process, client));
  const text = (env['CNI_NETWORK_CONFIG'] ?? '').replaceAll(
    '__KUBECONFIG_FILEPATH__',
    `${env['CNI_NET_DIR'] ?? '/etc/cni/net.d'}/calico-kubeconfig`,
  );
  if (!isJson(text)) {
    streams.error(logLine(process, 'cni-installer/install.go 384', 'CNI config is not valid JSON', 'FATAL'));
    return 1;
  }
  const path = `${CONFIGURATIONS}/${env['CNI_CONF_NAME'] ?? '10-calico.conflist'}`;
  installFile(files, path, text, 0o600);
  say('411', `Created ${path}`);
  say('249', 'Done configuring CNI.  Sleep= false');
  return 0;
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
