import type { Routine } from '#kernel/coroutine.ts';
import { encodeBase64 } from '#x509/base64.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { configPaths, type Kubeconfig, readConfig, writeConfig } from '../connection/kubeconfig.ts';
import { objectPrinter } from '../printers/output.ts';
import { printRows } from '../printers/table.ts';
import { toYaml } from '../printers/yaml.ts';
import type { AnyObject } from '../resources/object.ts';

/** Changes the first kubeconfig that counts. */
function change({ process, flags }: Invocation, edit: (config: Kubeconfig) => void): void {
  const paths = configPaths(flags.string('kubeconfig'), process.env);
  const path = paths.find((each) => process.files.exists(each)) ?? paths[0] ?? '';
  const config = process.files.exists(path) ? readConfig(process.files, path) : {};
  edit(config);
  writeConfig(process.files, path, config);
}

/** A command that waits for nothing. */
function plain(command: Omit<Command, 'run'>, run: (invocation: Invocation) => number): Command {
  return {
    ...command,
    // biome-ignore lint/correctness/useYield: files are there at once
    *run(invocation): Routine<number> {
      return run(invocation);
    },
  };
}

const one = ({ args, path }: Invocation, what: string): string => {
  const [name] = args;
  if (name === undefined || args.length > 1)
    throw new CommandError(
      `unexpected args: [${args.join(' ')}]; ${what} is needed\nSee '${path} -h' for help and examples`,
    );
  return name;
};

const HIDDEN = /^(?:certificate-authority-data|client-certificate-data|client-key-data|token|password)$/;

/** Secrets, and what nobody reads, are not shown. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      HIDDEN.test(key) ? (/^(?:token|password)$/.test(key) ? 'REDACTED' : 'DATA+OMITTED') : hidden(each),
    ]),
  );
}

const view = plain(
  {
    name: 'view',
    summary: 'Show the configuration',
    flags: [
      flag('minify', 'bool'),
      flag('flatten', 'bool'),
      flag('raw', 'bool'),
      flag('merge', 'bool', { default: 'true' }),
      flag('output', 'string', { short: 'o', default: 'yaml' }),
    ],
  },
  ({ session, flags, out }) => {
    const { config } = session;
    const current = flags.string('context') || config['current-context'] || '';
    const context = config.contexts?.find(({ name }) => name === current)?.context;
    if (flags.bool('minify') && !context) throw new CommandError(`cannot locate context ${current}`);
    const shown: Kubeconfig = flags.bool('minify')
      ? {
          ...config,
          contexts: (config.contexts ?? []).filter(({ name }) => name === current),
          clusters: (config.clusters ?? []).filter(({ name }) => name === context?.cluster),
          users: (config.users ?? []).filter(({ name }) => name === context?.user),
        }
      : config;
    const whole = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: null,
      contexts: null,
      users: null,
      'current-context': '',
      ...shown,
    };
    const value = flags.bool('raw') ? whole : hidden(whole);
    const output = flags.string('output');
    const printer = output === 'yaml' ? undefined : objectPrinter({ process: session.process, output });
    out(printer ? printer.print(value as AnyObject, undefined) : toYaml(value));
    return 0;
  },
);

const getContexts = plain(
  {
    name: 'get-contexts',
    summary: 'List the contexts',
    flags: [flag('no-headers', 'bool'), flag('output', 'string', { short: 'o' })],
  },
  ({ session, args, flags, out }) => {
    const { contexts = [], 'current-context': current } = session.config;
    const missing = args.find((name) => !contexts.some((each) => each.name === name));
    if (missing !== undefined) throw new CommandError(`context ${missing} not found`);
    const wanted = contexts
      .filter(({ name }) => args.length === 0 || args.includes(name))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (flags.string('output') === 'name') {
      for (const { name } of wanted) out(`${name}\n`);
      return 0;
    }
    const rows = wanted.map(({ name, context }) => [
      name === current ? '*' : '',
      name,
      context.cluster ?? '',
      context.user ?? '',
      context.namespace ?? '',
    ]);
    out(
      printRows(flags.bool('no-headers') ? rows : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]),
    );
    return 0;
  },
);

const currentContext = plain({ name: 'current-context', summary: 'Say which context is used' }, ({ session, out }) => {
  const current = session.config['current-context'];
  if (!current) throw new CommandError('current-context is not set');
  out(`${current}\n`);
  return 0;
});

const useContext = plain(
  { name: 'use-context', aliases: ['use'], summary: 'Use another context', usage: 'CONTEXT_NAME' },
  (invocation) => {
    const name = one(invocation, 'a context');
    if (!invocation.session.config.contexts?.some((each) => each.name === name))
      throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`);
    change(invocation, (config) => {
      config['current-context'] = name;
    });
    invocation.out(`Switched to context ${JSON.stringify(name)}.\n`);
    return 0;
  },
);

const setContext = plain(
  {
    name: 'set-context',
    summary: 'Set a context',
    usage: '[NAME | --current] [--cluster=] [--user=] [--namespace=]',
    flags: [flag('current', 'bool')],
  },
  (invocation) => {
    const { args, flags, session, out } = invocation;
    const name = flags.bool('current') ? (session.config['current-context'] ?? '') : args[0];
    if (flags.bool('current') && name === '') throw new CommandError('no current context is set');
    if (name === undefined) throw new CommandError('you must specify a non-empty context name or --current');
    const isThere = session.config.contexts?.some((each) => each.name === name) ?? false;
    change(invocation, (config) => {
      const contexts = config.contexts ?? [];
      const known = contexts.find((each) => each.name === name) ?? { name, context: {} };
      for (const key of ['cluster', 'user', 'namespace'] as const)
        if (flags.has(key)) known.context[key] = flags.string(key);
      config.contexts = contexts.includes(known) ? contexts : [...contexts, known];
    });
    out(`Context ${JSON.stringify(name)} ${isThere ? 'modified' : 'created'}.\n`);
    return 0;
  },
);

const setCluster = plain(
  {
    name: 'set-cluster',
    summary: 'Set a cluster',
    usage: 'NAME [--server=]',
    flags: [flag('embed-certs', 'bool'), flag('proxy-url', 'string', { missing: '' })],
  },
  (invocation) => {
    const { flags, out, process } = invocation;
    const name = one(invocation, 'a cluster');
    change(invocation, (config) => {
      const clusters = config.clusters ?? [];
      const known = clusters.find((each) => each.name === name) ?? { name, cluster: {} };
      if (flags.has('server')) known.cluster['server'] = flags.string('server');
      if (flags.has('certificate-authority'))
        known.cluster['certificate-authority'] = flags.string('certificate-authority');
      if (flags.has('insecure-skip-tls-verify'))
        known.cluster['insecure-skip-tls-verify'] = flags.bool('insecure-skip-tls-verify');
      if (flags.bool('embed-certs') && flags.has('certificate-authority')) {
        known.cluster['certificate-authority-data'] = embedded(
          process.files.readText(flags.string('certificate-authority')),
        );
        delete known.cluster['certificate-authority'];
      }
      config.clusters = clusters.includes(known) ? clusters : [...clusters, known];
    });
    out(`Cluster ${JSON.stringify(name)} set.\n`);
    return 0;
  },
);

const setCredentials = plain(
  {
    name: 'set-credentials',
    summary: 'Set a user',
    usage: 'NAME [--client-certificate=] [--client-key=] [--token=]',
    flags: [flag('embed-certs', 'bool'), flag('username', 'string'), flag('password', 'string')],
  },
  (invocation) => {
    const { flags, out, process } = invocation;
    const name = one(invocation, 'a user');
    change(invocation, (config) => {
      const users = config.users ?? [];
      const known = users.find((each) => each.name === name) ?? { name, user: {} };
      for (const key of ['client-certificate', 'client-key'] as const) {
        if (!flags.has(key)) continue;
        if (flags.bool('embed-certs')) known.user[`${key}-data`] = embedded(process.files.readText(flags.string(key)));
        else known.user[key] = flags.string(key);
      }
      for (const key of ['token', 'username', 'password'] as const)
        if (flags.has(key)) known.user[key] = flags.string(key);
      config.users = users.includes(known) ? users : [...users, known];
    });
    out(`User ${JSON.stringify(name)} set.\n`);
    return 0;
  },
);

function embedded(text: string): string {
  return encodeBase64(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

function lister(name: string, key: 'clusters' | 'users'): Command {
  return plain({ name, summary: `List the ${key}` }, ({ session, out }) => {
    out('NAME\n');
    for (const each of (session.config[key] ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      out(`${each.name}\n`);
    return 0;
  });
}

function remover(name: string, key: 'contexts' | 'clusters' | 'users', what: string): Command {
  return plain({ name, summary: `Remove a ${what}`, usage: 'NAME' }, (invocation) => {
    const target = one(invocation, `a ${what}`);
    const paths = configPaths(invocation.flags.string('kubeconfig'), invocation.process.env);
    const entries: readonly { readonly name: string }[] = invocation.session.config[key] ?? [];
    if (!entries.some((each) => each.name === target))
      throw new CommandError(`cannot delete ${what} ${target}, not in ${paths[0] ?? ''}`);
    if (key === 'contexts' && invocation.session.config['current-context'] === target)
      invocation.error(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    change(invocation, (config) => {
      if (key === 'contexts') config.contexts = (config.contexts ?? []).filter((each) => each.name !== target);
      else if (key === 'clusters') config.clusters = (config.clusters ?? []).filter((each) => each.name !== target);
      else config.users = (config.users ?? []).filter((each) => each.name !== target);
    });
    invocation.out(`deleted ${what} ${target} from ${paths[0] ?? ''}\n`);
    return 0;
  });
}

const renameContext = plain(
  { name: 'rename-context', summary: 'Call a context otherwise', usage: 'OLD NEW' },
  (invocation) => {
    const [from = '', to = ''] = invocation.args;
    if (!invocation.session.config.contexts?.some(({ name }) => name === from))
      throw new CommandError(
        `cannot rename the context ${JSON.stringify(from)}, it's not in ${configPaths(invocation.flags.string('kubeconfig'), invocation.process.env)[0]}`,
      );
    change(invocation, (config) => {
      for (const each of config.contexts ?? []) if (each.name === from) each.name = to;
      if (config['current-context'] === from) config['current-context'] = to;
    });
    invocation.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
    return 0;
  },
);

export const config: Command = {
  name: 'config',
  summary: 'Look at and change kubeconfig files',
  subcommands: [
    view,
    getContexts,
    currentContext,
    useContext,
    setContext,
    setCluster,
    setCredentials,
    renameContext,
    lister('get-clusters', 'clusters'),
    lister('get-users', 'users'),
    remover('delete-context', 'contexts', 'context'),
    remover('delete-cluster', 'clusters', 'cluster'),
    remover('delete-user', 'users', 'user'),
  ],
};
