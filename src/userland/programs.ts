import type { Program } from '#machine/program.ts';
import type { ClusterNode } from '../cluster/node/node.ts';
import { shellProgram } from '../shell/program.ts';
import { utilityPrograms } from '../shell/utilities.ts';
import { BUSYBOX, CURL, GNU, GNU_IN_IMAGES } from '../tools/coreutils/index.ts';
import { kubectl } from '../tools/kubectl/kubectl.ts';
import { ssh } from '../tools/ssh/ssh.ts';
import { COMPLETERS } from './completers.ts';
import { ETCD_TOOLS, nodeTools, OCCASIONAL_TOOLS } from './node-tools.ts';

/** The shells and tools that images have, by their names in /bin. */
export const USERLAND = {
  /** busybox: all in one file, its shell too. */
  busybox: { ...BUSYBOX, ...utilityPrograms('ash'), sh: shellProgram('ash') },
  /** Debian's small images: bash, dash as `sh`, GNU's tools. */
  debian: {
    ...GNU_IN_IMAGES,
    ...utilityPrograms('bash'),
    bash: shellProgram('bash'),
    sh: shellProgram('dash'),
  },
  curl: CURL,
  etcd: ETCD_TOOLS,
} as const satisfies Readonly<Record<string, Program | Readonly<Record<string, Program>>>>;

/** What does not come from Debian's packages. */
const LOCAL = ['crictl', 'etcdctl', 'etcdutl'];

/** What every machine has that people log in to. */
const MACHINE = {
  ...GNU,
  ...OCCASIONAL_TOOLS,
  ...utilityPrograms('bash'),
  bash: shellProgram('bash', COMPLETERS),
  sh: shellProgram('dash'),
  ssh,
  kubectl,
};

/** What a node has: a Debian with all of it, by the paths of the executable files. */
export function nodePrograms(node: ClusterNode): Readonly<Record<string, Program>> {
  return inUsrBin({ ...MACHINE, ...nodeTools(node) });
}

/** What the machine with kubectl has. */
export const WORKSTATION_PROGRAMS: Readonly<Record<string, Program>> = inUsrBin(MACHINE);

function inUsrBin(programs: Readonly<Record<string, Program>>): Readonly<Record<string, Program>> {
  return Object.fromEntries(
    Object.entries(programs).map(([name, program]) => [
      `${LOCAL.includes(name) ? '/usr/local/bin' : '/usr/bin'}/${name}`,
      program,
    ]),
  );
}
