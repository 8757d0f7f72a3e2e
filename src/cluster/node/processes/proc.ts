import type { Kernel } from '#kernel/kernel.ts';
import type { ProcessRow } from '#machine/program.ts';
import type { Directory, Inode } from '../file-system/inode.ts';
import { Volume } from '../file-system/volume.ts';
import type { PidNamespace } from './pid-namespace.ts';

/** What a machine is made of, as /proc tells it. */
export interface MachineInfo {
  /** `6.12.0` */
  readonly kernelVersion: string;
  /** KiB */
  readonly memory: number;
  readonly cpus: number;
  /** Milliseconds since the epoch. */
  readonly bootedAt: number;
}

type Names = () => readonly string[];
type Make = (name: string) => Inode | undefined;

/** Entries that are made when somebody looks at them. */
class MadeEntries extends Map<string, Inode> {
  readonly #names: Names;
  readonly #make: Make;

  constructor(names: Names, make: Make) {
    super();
    this.#names = names;
    this.#make = make;
  }

  override get(name: string): Inode | undefined {
    return this.#make(name);
  }

  override has(name: string): boolean {
    return this.#make(name) !== undefined;
  }

  override get size(): number {
    return this.#names().length;
  }

  override keys(): MapIterator<string> {
    return this.#all().keys();
  }

  override values(): MapIterator<Inode> {
    return this.#all().values();
  }

  override entries(): MapIterator<[string, Inode]> {
    return this.#all().entries();
  }

  override [Symbol.iterator](): MapIterator<[string, Inode]> {
    return this.entries();
  }

  #all(): Map<string, Inode> {
    const all = new Map<string, Inode>();
    for (const name of this.#names()) {
      const inode = this.#make(name);
      if (inode) all.set(name, inode);
    }
    return all;
  }
}

/** The file system of /proc (proc(5)), as far as it is simulated: the processes of a namespace, and a little of the machine. */
export function procVolume(kernel: Kernel, pids: PidNamespace, info: MachineInfo): Volume {
  const files = machineFiles(kernel, info);
  const rows = () => pids.tableFor(0).rows();
  return new Volume(kernel, 0, (volume) => {
    const file = (read: () => string) => volume.newComputedFile({ mode: 0o444, uid: 0, gid: 0 }, read);
    const directory = (names: Names, make: Make): Directory =>
      volume.newDirectory({ mode: 0o555, uid: 0, gid: 0 }, new MadeEntries(names, make));
    const ofProcess = (row: ProcessRow) =>
      directory(
        () => Object.keys(PROCESS_FILES),
        (name) => {
          const read = PROCESS_FILES[name];
          return read && file(() => read(row));
        },
      );
    return directory(
      () => [...rows().map(({ pid }) => `${pid}`), ...Object.keys(files)],
      (name) => {
        const read = files[name];
        if (read) return file(read);
        const row = /^\d+$/.test(name) ? rows().find(({ pid }) => `${pid}` === name) : undefined;
        return row && ofProcess(row);
      },
    );
  });
}

const PROCESS_FILES: Readonly<Record<string, (row: ProcessRow) => string>> = {
  cmdline: ({ argv }) => argv.map((word) => `${word}\0`).join(''),
  comm: (row) => `${commandName(row)}\n`,
  status: (row) => {
    const { pid, parent, uid } = row;
    const ids = [uid, uid, uid, uid].join('\t');
    return `Name:\t${commandName(row)}\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${parent}\nUid:\t${ids}\n`;
  },
};

function commandName({ argv: [path = ''] }: ProcessRow): string {
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 15);
}

function machineFiles(kernel: Kernel, info: MachineInfo): Readonly<Record<string, () => string>> {
  const { kernelVersion, memory, cpus, bootedAt } = info;
  return {
    cpuinfo: () => Array.from({ length: cpus }, (_, index) => `processor\t: ${index}\n\n`).join(''),
    meminfo: () => `MemTotal:       ${String(memory).padStart(8)} kB\n`,
    uptime: () => {
      const seconds = ((kernel.now - bootedAt) / 1000).toFixed(2);
      return `${seconds} ${seconds}\n`;
    },
    version: () => `Linux version ${kernelVersion} (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC\n`,
  };
}
