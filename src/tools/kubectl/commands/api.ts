import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { pathOf, type Resource, resourceName } from '../connection/discovery.ts';
import { toJson } from '../printers/json.ts';
import { printRows } from '../printers/table.ts';
import { toYaml } from '../printers/yaml.ts';
import type { AnyObject } from '../resources/object.ts';

const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.4' } as const;

export const apiResources: Command = {
  name: 'api-resources',
  summary: 'List the types of resources that the server has',
  flags: [
    flag('output', 'string', { short: 'o' }),
    flag('api-group', 'string'),
    flag('namespaced', 'bool', { default: 'true' }),
    flag('no-headers', 'bool'),
    flag('verbs', 'list'),
    flag('sort-by', 'string'),
    flag('categories', 'list'),
    flag('cached', 'bool'),
  ],
  *run({ args, flags, session, out }) {
    if (args.length > 0)
      throw new CommandError(
        `unexpected arguments: [${args.join(' ')}]\nSee 'kubectl api-resources -h' for help and examples`,
      );
    const output = flags.string('output');
    if (!['', 'wide', 'name', 'json', 'yaml'].includes(output))
      throw new CommandError(`--output ${output} is not available`);
    const sort = flags.string('sort-by');
    if (!['', 'name', 'kind'].includes(sort)) throw new CommandError(`--sort-by accepts only name or kind`);
    const all = (yield* session.discovery.all()).filter(
      (each) =>
        each.verbs.length > 0 &&
        (!flags.has('api-group') || each.group === flags.string('api-group')) &&
        (!flags.has('namespaced') || each.isNamespaced === flags.bool('namespaced')) &&
        flags.list('verbs').every((verb) => each.verbs.includes(verb)) &&
        flags.list('categories').every((category) => each.categories.includes(category)),
    );
    const key = (each: Resource) =>
      sort === 'kind' ? each.kind : sort === 'name' ? each.plural : `${each.group}\n${each.plural}`;
    const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    if (output === 'name') {
      for (const each of sorted) out(`${resourceName(each)}\n`);
      return 0;
    }
    const isWide = output === 'wide';
    const rows = sorted.map((each) => [
      each.plural,
      each.shortNames.join(','),
      each.group === '' ? each.version : `${each.group}/${each.version}`,
      String(each.isNamespaced),
      each.kind,
      ...(isWide ? [each.verbs.join(','), each.categories.join(',')] : []),
    ]);
    const headers = [
      'NAME',
      'SHORTNAMES',
      'APIVERSION',
      'NAMESPACED',
      'KIND',
      ...(isWide ? ['VERBS', 'CATEGORIES'] : []),
    ];
    out(printRows(flags.bool('no-headers') ? rows : [headers, ...rows]));
    return 0;
  },
};

export const apiVersions: Command = {
  name: 'api-versions',
  summary: 'List the API versions that the server has',
  *run({ session, out }) {
    const versions = (yield* session.discovery.all()).map(({ group, version }) =>
      group === '' ? version : `${group}/${version}`,
    );
    for (const version of [...new Set(versions)].sort()) out(`${version}\n`);
    return 0;
  },
};

export const version: Command = {
  name: 'version',
  summary: 'Print the versions of kubectl and of the server',
  flags: [flag('client', 'bool'), flag('output', 'string', { short: 'o' })],
  *run({ flags, session, out }) {
    const output = flags.string('output');
    if (!['', 'json', 'yaml'].includes(output)) throw new CommandError(`--output must be 'yaml' or 'json'`);
    const server = flags.bool('client')
      ? undefined
      : yield* session.json<{ readonly gitVersion: string }>({ path: '/version' });
    const all = { clientVersion: VERSION, kustomizeVersion: 'v5.8.1', ...(server && { serverVersion: server }) };
    if (output === 'json') out(toJson(all).replaceAll('    ', '  '));
    else if (output === 'yaml') out(toYaml(all));
    else
      out(
        `Client Version: ${VERSION.gitVersion}\nKustomize Version: v5.8.1\n${server ? `Server Version: ${server.gitVersion}\n` : ''}`,
      );
    return 0;
  },
};

export const clusterInfo: Command = {
  name: 'cluster-info',
  summary: 'Say where the control plane is',
  subcommands: [],
  *run({ args, session, out, process }) {
    if (args[0] === 'dump') throw new CommandError('cluster-info dump is not simulated here');
    const isTerminal = process.streams.terminal.out !== undefined;
    const green = (text: string) => (isTerminal ? `\u001b[0;32m${text}\u001b[0m` : text);
    const yellow = (text: string) => (isTerminal ? `\u001b[0;33m${text}\u001b[0m` : text);
    const services = yield* session.discovery.find('services');
    const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
      path: pathOf(services, 'kube-system'),
      query: { labelSelector: 'kubernetes.io/cluster-service=true' },
    });
    const server = `https://${session.host}`;
    out(`${green('Kubernetes control plane')} is running at ${yellow(server)}\n`);
    for (const { metadata, spec } of items as readonly (AnyObject & {
      readonly spec: { readonly ports: readonly { readonly name?: string }[] };
    })[]) {
      const port = spec.ports[0]?.name;
      const shown = metadata?.labels?.['kubernetes.io/name'] ?? metadata?.name ?? '';
      out(
        `${green(shown)} is running at ${yellow(`${server}/api/v1/namespaces/kube-system/services/${metadata?.name}${port ? `:${port}` : ''}/proxy`)}\n`,
      );
    }
    out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    return 0;
  },
};
