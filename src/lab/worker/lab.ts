import type { NodeNames } from '#course/node-names.ts';
import { Kernel } from '#kernel/kernel.ts';
import { Pacer } from '#kernel/pacer.ts';
import { readTextIfThere } from '#machine/file-system.ts';
import { Cluster, type ClusterState } from '../../cluster/cluster.ts';
import { readKubeconfig } from '../../cluster/components/credentials.ts';
import type { ClusterNode } from '../../cluster/node/node.ts';
import { LESSONS } from '../../cluster/profiles/lessons.ts';
import type { ClusterProfile } from '../../cluster/profiles/profile.ts';
import type { Overview, Place, Size, Speed, TerminalId } from '../protocol.ts';
import { FieldTexts } from './field-texts.ts';
import { type KeptLab, keptLab } from './kept-lab.ts';
import { Watcher } from './overview.ts';
import { openSession } from './places.ts';
import { labMachines } from './programs.ts';
import type { Session } from './session.ts';
import { wallClock } from './wall-clock.ts';

/** A new cluster that nobody saved beforehand comes up in so much simulated time; the page does not wait through it. */
const COMING_UP = 120_000;
/** A saved one needs so much until its kubelets know their Pods again: nobody shall see that it slept. */
const WAKING_UP = 250;

export interface LabOptions {
  readonly names: NodeNames;
  /** It goes on from there; without it the cluster comes up from nothing. */
  readonly saved?: ClusterState;
  readonly speed: Speed;
  readonly onOutput: (terminal: TerminalId, text: string) => void;
  readonly onEnd: (terminal: TerminalId, status: number) => void;
}

/** A cluster, its clock, and the terminals that are open on its machines. */
export class Lab {
  readonly names: NodeNames;
  readonly #options: LabOptions;
  readonly #kernel: Kernel;
  readonly #cluster: Cluster;
  readonly #pacer: Pacer;
  readonly #watcher: Watcher;
  readonly #sessions = new Map<TerminalId, Session>();

  constructor(options: LabOptions) {
    const { names, saved, speed } = options;
    this.#options = options;
    this.names = names;
    // A saved cluster slept meanwhile; its clock never goes back.
    const start = saved ? Math.max(saved.now, Date.now()) : Date.now() - COMING_UP;
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    this.#kernel = new Kernel({ start, seed, onError: (error) => console.error(error) });
    const texts = new FieldTexts();
    this.#cluster = new Cluster({
      kernel: this.#kernel,
      profile: renamed(LESSONS, names),
      ...labMachines(() => this.#pacer.poke(), texts),
      descriptions: (definition, field) => texts.of(definition, field),
      ...(saved && { saved }),
    });
    this.#cluster.start();
    this.#kernel.runFor(saved ? WAKING_UP : COMING_UP);
    const [controlPlane] = this.#cluster.nodes.values();
    this.#watcher = new Watcher(this.#cluster, administratorOf(controlPlane));
    this.#pacer = new Pacer(this.#kernel, wallClock());
    this.setSpeed(speed);
  }

  /** 0 stops the clock: what is typed waits, too. */
  setSpeed(speed: Speed): void {
    if (speed === 0) {
      this.#pacer.stop();
      return;
    }
    this.#pacer.setSpeed(speed);
    this.#pacer.start();
  }

  open(terminal: TerminalId, place: Place, size: Size): void {
    this.close(terminal);
    const session = openSession(this.#cluster, place === 'host' ? place : this.names[place], {
      size,
      onOutput: (text) => this.#options.onOutput(terminal, text),
      onEnd: (status) => {
        // A closed terminal's end concerns nobody, nor that of one that was opened anew.
        if (this.#sessions.get(terminal) !== session) return;
        this.#sessions.delete(terminal);
        this.#options.onEnd(terminal, status);
      },
    });
    this.#sessions.set(terminal, session);
    this.#pacer.poke();
  }

  type(terminal: TerminalId, text: string): void {
    this.#sessions.get(terminal)?.type(text);
    this.#pacer.poke();
  }

  resize(terminal: TerminalId, size: Size): void {
    this.#sessions.get(terminal)?.resize(size);
    this.#pacer.poke();
  }

  shown(terminal: TerminalId, count: number): void {
    this.#sessions.get(terminal)?.shown(count);
    this.#pacer.poke();
  }

  close(terminal: TerminalId): void {
    const session = this.#sessions.get(terminal);
    this.#sessions.delete(terminal);
    session?.hangUp();
    this.#pacer.poke();
  }

  look(): Overview {
    return this.#watcher.look();
  }

  save(): KeptLab {
    return keptLab(this.names, this.#cluster.save());
  }

  /** Ends it: nothing happens any more. */
  end(): void {
    this.#pacer.stop();
    this.#sessions.clear();
  }
}

/** The certificate of an administrator, as it is when the lab begins: what the reader does to the file afterwards changes nothing here. */
function administratorOf(node: ClusterNode | undefined): string | undefined {
  try {
    const text = node && readTextIfThere(node.files, '/etc/kubernetes/super-admin.conf');
    return node && text !== undefined ? readKubeconfig(text, node.files).certificate : undefined;
  } catch {
    return undefined;
  }
}

function renamed(profile: ClusterProfile, names: NodeNames): ClusterProfile {
  const own: Readonly<Record<string, string>> = names;
  return { ...profile, nodes: profile.nodes.map(({ name, role }) => ({ name: own[name] ?? name, role })) };
}
