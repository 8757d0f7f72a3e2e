import { klogTime } from '#kernel/calendar.ts';
import type { Routine } from '#kernel/coroutine.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { ConnectionError } from '../../../cluster/client/connection.ts';
import { CommandError, plainMessage } from '../command/errors.ts';

/** A resource that the server has. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  /** `pods` */
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

interface GroupList {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly responseKind: { readonly kind: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly singularResource: string;
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
        readonly verbs: readonly string[];
        readonly subresources?: readonly { readonly subresource: string }[];
      }[];
    }[];
  }[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const CACHE = '.kube/cache/discovery';
/** So often kubectl tells of a server that cannot be discovered, once for each try. */
const TRIES = 5;

/** Who can be asked. */
interface Server {
  readonly process: ProcessContext;
  readonly host: string;
  json<T>(wish: { readonly path: string; readonly headers: Readonly<Record<string, string>> }): Routine<T>;
}

/** What the server says that it has (client-go, discovery and restmapper). */
export class Discovery {
  readonly #session: Server;
  #known: readonly Resource[] | undefined;

  constructor(session: Server) {
    this.#session = session;
  }

  /** Everything, in the server's order. @throws ConnectionError, ApiError */
  *all(): Routine<readonly Resource[]> {
    this.#known ??= yield* this.#ask();
    return this.#known;
  }

  /**
   * The resource of `pods`, `po`, `deploy.apps`, `deployments.v1.apps`, `Pod`.
   *
   * @throws CommandError `the server doesn't have a resource type "x"`
   */
  *find(name: string): Routine<Resource> {
    const all = yield* this.all();
    const found = findIn(all, name);
    if (!found) throw new CommandError(noSuchType(name));
    return found;
  }

  /** The resource of an object. @throws CommandError `no matches for kind "X" in version "v1"` */
  *ofKind(apiVersion: string, kind: string): Routine<Resource> {
    const all = yield* this.all();
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    const found = all.find(
      (each) => each.kind === kind && each.group === group && each.version === version && each.verbs.includes('get'),
    );
    const creatable =
      found ?? all.find((each) => each.kind === kind && each.group === group && each.version === version);
    if (!creatable)
      throw new CommandError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    return creatable;
  }

  /** The resources of a category, such as `all`; none for what is no category. */
  *category(name: string): Routine<readonly Resource[]> {
    return (yield* this.all()).filter(({ categories }) => categories.includes(name));
  }

  *#ask(): Routine<readonly Resource[]> {
    try {
      const core = yield* this.#session.json<GroupList>({ path: '/api', headers: { accept: ACCEPT } });
      const others = yield* this.#session.json<GroupList>({ path: '/apis', headers: { accept: ACCEPT } });
      this.#remember();
      return [...resourcesOf(core), ...resourcesOf(others)];
    } catch (error) {
      if (error instanceof ConnectionError && !this.#isRemembered()) this.#complain(error);
      throw error;
    }
  }

  /** kubectl keeps what it discovered for six hours; here its file only says that it did. */
  get #path(): string {
    const { env } = this.#session.process;
    return `${env['HOME'] ?? ''}/${CACHE}/${this.#session.host.replaceAll(/[^\w.]/g, '_')}/servergroups.json`;
  }

  #remember(): void {
    const { files } = this.#session.process;
    try {
      if (files.exists(this.#path)) return;
      files.mkdir(this.#path.slice(0, this.#path.lastIndexOf('/')), { recursive: true, mode: 0o750 });
      files.writeText(this.#path, '{"kind":"APIGroupList","apiVersion":"v1","groups":[]}\n', { mode: 0o660 });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }

  #isRemembered(): boolean {
    return this.#session.process.files.exists(this.#path);
  }

  #complain(error: ConnectionError): void {
    const { kernel, pid, streams } = this.#session.process;
    const text = JSON.stringify(
      `couldn't get current server API list: ${plainMessage(error).replace('/api"', '/api?timeout=32s"')}`,
    );
    for (let tried = 0; tried < TRIES; tried += 1)
      streams.error(
        `E${klogTime(kernel.now)} ${String(pid).padStart(7)} memcache.go:265] "Unhandled Error" err=${text}\n`,
      );
  }
}

function resourcesOf({ items }: GroupList): Resource[] {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources.map(
        ({
          resource,
          responseKind,
          scope,
          singularResource,
          shortNames = [],
          categories = [],
          verbs,
          subresources = [],
        }) => ({
          group: metadata?.name ?? '',
          version,
          plural: resource,
          singular: singularResource,
          kind: responseKind.kind,
          isNamespaced: scope === 'Namespaced',
          shortNames,
          categories,
          verbs,
          subresources: subresources.map(({ subresource }) => subresource),
        }),
      ),
    ),
  );
}

/** The words of a resource that there is not: the name alone, or with its group. */
function noSuchType(name: string): string {
  const [resource = '', ...rest] = name.split('.');
  if (rest.length === 0) return `the server doesn't have a resource type ${JSON.stringify(resource)}`;
  return `the server doesn't have a resource type ${JSON.stringify(resource)} in group ${JSON.stringify(rest.join('.'))}`;
}

function findIn(all: readonly Resource[], name: string): Resource | undefined {
  const wanted = name.toLowerCase();
  const isNamed = ({ plural, singular, shortNames, kind }: Resource, text: string) =>
    plural === text || singular === text || shortNames.includes(text) || kind.toLowerCase() === text;
  const usable = all.filter(({ verbs }) => verbs.includes('get') || verbs.includes('list') || verbs.includes('create'));
  const byPlural = usable.find(({ plural }) => plural === wanted) ?? usable.find((each) => isNamed(each, wanted));
  if (byPlural) return byPlural;
  const [resource = '', ...rest] = wanted.split('.');
  if (rest.length === 0) return undefined;
  const [version, ...group] = rest;
  return (
    usable.find((each) => isNamed(each, resource) && each.version === version && each.group === group.join('.')) ??
    usable.find((each) => isNamed(each, resource) && each.group === rest.join('.')) ??
    usable.find((each) => isNamed(each, resource) && each.group.startsWith(rest.join('.')))
  );
}

/** `/apis/apps/v1/namespaces/default/deployments/web` */
export function pathOf(
  { group, version, plural, isNamespaced }: Resource,
  namespace: string | undefined,
  name = '',
): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = isNamespaced && namespace ? `/namespaces/${namespace}` : '';
  return `${base}${scope}/${plural}${name === '' ? '' : `/${name}`}`;
}

/** `pods`, `deployments.apps` */
export function resourceName({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `pod/web`, `deployment.apps/web`, as `-o name` prints it. */
export function objectName(
  { group, singular, kind }: Pick<Resource, 'group' | 'singular' | 'kind'>,
  name: string,
): string {
  const type = singular === '' ? kind.toLowerCase() : singular;
  return `${group === '' ? type : `${type}.${group}`}/${name}`;
}
