import { type Api, Refused } from './api.ts';
import type { Scenario } from './scenario.ts';
import type { NodeContainer, Target } from './target.ts';
import type { Change } from './timeline.ts';

const CONTROL_PLANE = 'cp1';
/** Milliseconds between two looks; a simulated cluster's time runs faster. */
const PAUSE = 150;
const KILLED = 137;

/** Looks at what goes on when no API server may answer: its /readyz, and the containers on its node. */
export class Lookout {
  readonly changes: Change[] = [];
  readonly #scenario: Scenario;
  readonly #target: Target;
  readonly #api: Api;
  readonly #revision: () => number;
  readonly #states = new Map<string, string>();
  readonly #steps = new Map<string, string>();
  #step = 'the begin';
  /** Containers that had ended before. */
  readonly #before = new Set<string>();
  #isClosed = false;

  /** @param revision the newest that is known: what is seen here came after it */
  constructor(scenario: Scenario, target: Target, api: Api, revision: () => number) {
    this.#scenario = scenario;
    this.#target = target;
    this.#api = api;
    this.#revision = revision;
  }

  /** Looks, and goes on looking until it is closed; nothing where the scenario wants nothing of it. */
  async start(): Promise<void> {
    const { containers } = this.#scenario;
    if (containers.length === 0) return;
    for (const { id, state } of await this.#target.containers(CONTROL_PLANE)) {
      if (state === 'EXITED') this.#before.add(id);
    }
    await this.#look();
    void this.#goOn();
  }

  /** Containers that come now are those of a step. */
  setStep(name: string): void {
    this.#step = name;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #goOn(): Promise<void> {
    while (!this.#isClosed) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      // A node that does not answer is asked again.
      await this.#look().catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const [ready, containers] = await Promise.all([this.#readyz(), this.#target.containers(CONTROL_PLANE)]);
    this.#saw('API server', 'API server', 'readyz', ready);
    for (const container of containers) {
      const isMeant = this.#scenario.containers.includes(container.name) && !this.#before.has(container.id);
      if (isMeant) this.#lookAt(container);
    }
  }

  #lookAt({ id, name, state, exitCode, lastLine }: NodeContainer): void {
    if (state === 'CREATED') return;
    const step = this.#steps.get(id) ?? this.#step;
    this.#steps.set(id, step);
    const object = `container ${name} of ${step}`;
    // One that has ended has been running, whoever looked.
    this.#saw(id, object, 'status', 'Running');
    if (state !== 'EXITED' || this.#states.has(`${id} end`)) return;
    this.#states.set(`${id} end`, '');
    if (exitCode !== 0 && exitCode !== KILLED) {
      this.#saw(id, object, 'last words', plainLogLine(lastLine));
    }
    this.#saw(id, object, 'status', `Exited (${exitCode})`);
  }

  async #readyz(): Promise<string> {
    try {
      return await this.#api.get('/readyz');
    } catch (error) {
      return error instanceof Refused ? `${error.code}` : 'no answer';
    }
  }

  #saw(id: string, object: string, track: string, value: string): void {
    const before = this.#states.get(`${id} ${track}`);
    const isOver = before?.startsWith('Exited') === true;
    if (this.#isClosed || isOver || before === value) return;
    this.#states.set(`${id} ${track}`, value);
    // It has no revision: it came after those that were known, before the next.
    const revision = this.#revision() + (this.changes.length + 1) / 1e6;
    this.changes.push({ revision, id: object, object, track, value });
  }
}

/** What a program said in a line of its log: without the runtime's time and klog's head. */
function plainLogLine(line: string): string {
  return line
    .trimEnd()
    .replace(/^\S+ std(?:out|err) [FP] /, '')
    .replace(/^[IWEF]\d{4} [\d:.]+ +\d+ /, '')
    .replaceAll(/0x[\da-f]+/g, '*');
}
