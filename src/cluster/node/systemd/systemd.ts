import type { Routine } from '#kernel/coroutine.ts';
import type { Signal } from '#machine/program.ts';
import { UnitError, type UnitStatus, type Units } from '#machine/units.ts';
import { Service, type ServiceHost, type ServiceState } from './service.ts';
import { loadUnit, serviceNames, type UnitFile } from './unit-file.ts';

const LINKS = '/etc/systemd/system';

/** systemd as far as services go: it reads their files, runs them, and starts them again. */
export class Systemd implements Units {
  readonly #host: ServiceHost;
  readonly #services = new Map<string, Service>();

  constructor(host: ServiceHost) {
    this.#host = host;
  }

  /** Starts what multi-user.target wants, each after what it names in After=. */
  *boot(): Routine<void> {
    const wants = `${LINKS}/multi-user.target.wants`;
    const names = this.#host.files.exists(wants) ? this.#host.files.readdir(wants) : [];
    const started = new Set<string>();
    const start = function* (this: Systemd, name: string): Routine<void> {
      const unit = loadUnit(this.#host.files, name);
      if (!unit || started.has(name)) return;
      started.add(name);
      const after = unit.values('Unit', 'After').flatMap((value) => value.split(/\s+/));
      for (const other of after) if (names.includes(other)) yield* start.call(this, other);
      yield* this.#service(name).start();
    };
    for (const name of names) yield* start.call(this, name);
  }

  save(): readonly (readonly [name: string, state: ServiceState])[] {
    return [...this.#services].map(([name, service]) => [name, service.save()]);
  }

  /** The services of a saved machine go on. Their files may be gone: then only their names are known. */
  resume(saved: ReturnType<Systemd['save']>): void {
    for (const [name, state] of saved) if (loadUnit(this.#host.files, name)) this.#service(name).resume(state);
  }

  list(): readonly UnitStatus[] {
    return serviceNames(this.#host.files).map((name) => this.status(name));
  }

  status(name: string): UnitStatus {
    const full = fullName(name);
    return this.#service(full).status(this.#fileState(full));
  }

  *start(name: string): Routine<void> {
    yield* this.#service(fullName(name)).start();
  }

  *stop(name: string): Routine<void> {
    yield* this.#service(fullName(name)).stop();
  }

  *restart(name: string): Routine<void> {
    yield* this.#service(fullName(name)).restart();
  }

  kill(name: string, signal: Signal): void {
    this.#service(fullName(name)).kill(signal);
  }

  /** A program of Type=notify says that it is ready. */
  notify(name: string): void {
    this.#services.get(name)?.ready();
  }

  enable(name: string): readonly string[] {
    const { path, values } = this.#unit(fullName(name));
    return values('Install', 'WantedBy').flatMap((target) => {
      const link = linkOf(target, fullName(name));
      if (this.#host.files.exists(link)) return [];
      this.#host.files.mkdir(link.slice(0, link.lastIndexOf('/')), { recursive: true });
      this.#host.files.symlink(path, link);
      return [`Created symlink ${link} → ${path}.`];
    });
  }

  disable(name: string): readonly string[] {
    return this.#unit(fullName(name))
      .values('Install', 'WantedBy')
      .flatMap((target) => {
        const link = linkOf(target, fullName(name));
        if (!this.#host.files.exists(link)) return [];
        this.#host.files.unlink(link);
        return [`Removed ${JSON.stringify(link)}.`];
      });
  }

  reload(): void {
    for (const [name, service] of this.#services) {
      const unit = loadUnit(this.#host.files, name);
      if (unit) service.update(unit);
    }
  }

  #fileState(name: string): UnitStatus['fileState'] {
    const targets = this.#unit(name).values('Install', 'WantedBy');
    if (targets.length === 0) return 'static';
    return targets.some((target) => this.#host.files.exists(linkOf(target, name))) ? 'enabled' : 'disabled';
  }

  /** @throws UnitError */
  #unit(name: string): UnitFile {
    const unit = loadUnit(this.#host.files, name);
    if (!unit) throw new UnitError(`Unit ${name} not found.`);
    return unit;
  }

  /** @throws UnitError */
  #service(name: string): Service {
    const known = this.#services.get(name);
    if (known) return known;
    const service = new Service(this.#host, this.#unit(name));
    this.#services.set(name, service);
    return service;
  }
}

function fullName(name: string): string {
  return name.includes('.') ? name : `${name}.service`;
}

function linkOf(target: string, name: string): string {
  return `${LINKS}/${target}.wants/${name}`;
}
