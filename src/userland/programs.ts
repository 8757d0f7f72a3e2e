import type { Program } from '#machine/program.ts';
import { shellProgram } from '../shell/program.ts';
import { utilityPrograms } from '../shell/utilities.ts';
import { BUSYBOX, CURL, GNU, GNU_IN_IMAGES } from '../tools/coreutils/index.ts';

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
} as const satisfies Readonly<Record<string, Program | Readonly<Record<string, Program>>>>;

/** What a node has: a Debian with all of it, by the paths of the executable files. */
export const NODE_PROGRAMS: Readonly<Record<string, Program>> = Object.fromEntries(
  Object.entries({ ...GNU, ...utilityPrograms('bash'), bash: shellProgram('bash'), sh: shellProgram('dash') }).map(
    ([name, program]) => [`/usr/bin/${name}`, program],
  ),
);
