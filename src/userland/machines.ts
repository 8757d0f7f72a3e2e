import type { Program } from '#machine/program.ts';
import type { Userland } from '../cluster/images.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import { shellProgram } from '../shell/program.ts';
import { utilityPrograms } from '../shell/utilities.ts';
import { BUSYBOX, CURL, GNU, GNU_IN_IMAGES } from '../tools/coreutils/index.ts';
import { ssh } from '../tools/ssh/ssh.ts';
import { COMPLETERS } from './completers.ts';
import { etcdTools, nodeTools, occasionalTools } from './node-tools.ts';
import type { RareTools } from './rare-tools.ts';

/** What a cluster's machines and images have. */
export interface Machines {
  /** The shells and tools that images have, by their names in /bin. */
  readonly userland: Userland;
  /** What a node has: a Debian with all of it, by the paths of the executable files. */
  readonly nodePrograms: (node: ClusterNode) => Readonly<Record<string, Program>>;
  /** What the machine with kubectl has. */
  readonly workstationPrograms: Readonly<Record<string, Program>>;
}

/** What does not come from Debian's packages. */
const LOCAL = ['crictl', 'etcdctl', 'etcdutl'];

/** @param rare tools that are there at once, or loaded when they are typed */
export function machinesWith(rare: RareTools): Machines {
  /** What every machine has that people log in to. */
  const machine = {
    ...GNU,
    ...occasionalTools(rare),
    ...utilityPrograms('bash'),
    bash: shellProgram('bash', COMPLETERS),
    sh: shellProgram('dash'),
    ssh,
    kubectl: rare.kubectl,
  };
  return {
    userland: {
      // busybox: all in one file, its shell too.
      busybox: { ...BUSYBOX, awk: rare.awk('busybox'), ...utilityPrograms('ash'), sh: shellProgram('ash') },
      // Debian's small images: bash, dash as `sh`, GNU's tools.
      debian: {
        ...GNU_IN_IMAGES,
        awk: rare.awk('gnu'),
        ...utilityPrograms('bash'),
        bash: shellProgram('bash'),
        sh: shellProgram('dash'),
      },
      curl: CURL,
      etcd: etcdTools(rare),
    },
    nodePrograms: (node) => inUsrBin({ ...machine, ...nodeTools(node, rare) }),
    workstationPrograms: inUsrBin(machine),
  };
}

function inUsrBin(programs: Readonly<Record<string, Program>>): Readonly<Record<string, Program>> {
  return Object.fromEntries(
    Object.entries(programs).map(([name, program]) => [
      `${LOCAL.includes(name) ? '/usr/local/bin' : '/usr/bin'}/${name}`,
      program,
    ]),
  );
}
