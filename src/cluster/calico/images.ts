import type { Program } from '#machine/program.ts';
import type { CatalogImage } from '../node/containerd/catalog.ts';
import { calicoNodeProgram } from './calico-node.ts';
import { installCniProgram } from './install-cni.ts';
import { operatorProgram } from './operator.ts';
import { checkStatusProgram, doneProgram, kubeControllersProgram, typhaProgram } from './other-programs.ts';
import { idleProgram } from './process.ts';
import { CALICO_VERSION, OPERATOR_VERSION } from './versions.ts';

/** The images of a Calico that its operator installed. */
export const CALICO_IMAGES: readonly CatalogImage[] = [
  image('quay.io/tigera/operator', 33_000_000, ['/usr/bin/operator'], {
    '/usr/bin/operator': operatorProgram,
  }),
  image('quay.io/calico/node', 158_000_000, ['start_runit'], {
    '/usr/sbin/start_runit': calicoNodeProgram,
    '/bin/calico-node': calicoNodeProgram,
  }),
  image('quay.io/calico/cni', 72_000_000, [], { '/opt/cni/bin/install': installCniProgram }),
  image('quay.io/calico/pod2daemon-flexvol', 5_900_000, ['/usr/local/bin/flexvol.sh'], {
    '/usr/local/bin/flexvol.sh': doneProgram,
  }),
  image('quay.io/calico/typha', 37_000_000, ['calico-typha'], { '/bin/calico-typha': typhaProgram }),
  image('quay.io/calico/kube-controllers', 54_000_000, ['/usr/bin/kube-controllers'], {
    '/usr/bin/kube-controllers': kubeControllersProgram,
    '/usr/bin/check-status': checkStatusProgram,
  }),
  image('quay.io/calico/csi', 11_000_000, ['csi-driver'], { '/usr/bin/csi-driver': idleProgram }),
  image('quay.io/calico/node-driver-registrar', 12_000_000, ['node-driver-registrar'], {
    '/usr/bin/node-driver-registrar': idleProgram,
  }),
];

/** @param size in bytes, about */
function image(
  repository: string,
  size: number,
  entrypoint: readonly string[],
  programs: Readonly<Record<string, Program>>,
): CatalogImage {
  const tags = [repository.startsWith('quay.io/tigera') ? OPERATOR_VERSION : CALICO_VERSION];
  return { repository, tags, size, entrypoint, command: [], programs };
}
