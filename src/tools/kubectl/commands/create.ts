import type { Routine } from '#kernel/coroutine.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { type Flag, flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../generators/access.ts';
import { base64, dataOf, encoded } from '../generators/data.ts';
import { service, servicePorts } from '../generators/service.ts';
import { cronJob, deployment, job, jobFrom } from '../generators/workloads.ts';
import { selections } from '../resources/builder.ts';
import { create as createObject, dryRunOf, report } from '../resources/change.ts';
import { fromSource } from '../resources/from-source.ts';
import type { AnyObject } from '../resources/object.ts';

const MANAGER = 'kubectl-create';

type Make = (invocation: Invocation, name: string) => AnyObject | Routine<AnyObject>;

/** A command that makes one object of flags. */
function maker(
  name: string,
  aliases: readonly string[],
  summary: string,
  flags: readonly Flag[],
  make: Make,
  path = `create ${name}`,
): Command {
  return {
    name,
    aliases,
    summary,
    usage: 'NAME',
    flags: [...CHANGE_FLAGS, ...OUTPUT_FLAGS, ...flags],
    *run(invocation) {
      const { args, dashAt } = invocation;
      const names = args.slice(0, dashAt ?? args.length);
      const [own] = names;
      if (own === undefined || (names.length > 1 && dashAt === undefined))
        throw new CommandError(
          `exactly one NAME is required, got ${names.length}\nSee 'kubectl ${path} -h' for help and examples`,
        );
      const made = make(invocation, own);
      const object = isRoutine(made) ? yield* made : made;
      const resource = yield* invocation.session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '');
      const created = yield* makeOne(invocation, resource, object, WORDS[path] ?? `${name}:`);
      report(
        invocation,
        resource,
        created,
        'created',
        dryRunOf(invocation.flags, () => undefined),
      );
      return 0;
    },
  };
}

/** What is said before the server's words, where it is not the command's name. */
const WORDS: Readonly<Record<string, string>> = {
  'create secret generic': 'secret',
  'create secret tls': 'secret',
  'create secret docker-registry': 'secret',
  'create service clusterip': 'ClusterIP service:',
  'create service nodeport': 'NodePort service:',
  'create service loadbalancer': 'LoadBalancer service:',
  'create service externalname': 'ExternalName service:',
  'create namespace': '',
  'create role': '',
  'create clusterrole': '',
};

function* makeOne(invocation: Invocation, resource: Resource, object: AnyObject, words: string): Routine<AnyObject> {
  try {
    return yield* createObject(invocation, resource, object, MANAGER);
  } catch (error) {
    if (!(error instanceof ApiError) || words === '') throw error;
    throw new CommandError(`failed to create ${words} ${error.message}`);
  }
}

function isRoutine(value: AnyObject | Routine<AnyObject>): value is Routine<AnyObject> {
  return typeof (value as Partial<Routine<AnyObject>>).next === 'function';
}

function needed({ flags }: Invocation, ...names: readonly string[]): void {
  const missing = names.filter((name) => !flags.has(name));
  if (missing.length > 0)
    throw new CommandError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`);
}

const commandOf = ({ args, dashAt }: Invocation) => (dashAt === undefined ? [] : args.slice(dashAt));

const DATA_FLAGS: readonly Flag[] = [
  flag('from-literal', 'array'),
  flag('from-file', 'array'),
  flag('from-env-file', 'array'),
  flag('append-hash', 'bool', { missing: '' }),
];

const SERVICE_FLAGS: readonly Flag[] = [flag('tcp', 'list')];

const serviceCommand: Command = {
  name: 'service',
  aliases: ['svc'],
  summary: 'Create a Service',
  subcommands: [
    maker(
      'clusterip',
      [],
      'Create a Service of type ClusterIP',
      [...SERVICE_FLAGS, flag('clusterip', 'string')],
      (invocation, name) => {
        const { flags } = invocation;
        if (flags.list('tcp').length === 0 && flags.string('clusterip') !== 'None')
          throw new CommandError('at least one tcp port specifier must be provided');
        return service(name, 'ClusterIP', {
          ports: servicePorts(flags.list('tcp'), 0),
          clusterIP: flags.string('clusterip'),
        });
      },
      'create service clusterip',
    ),
    maker(
      'nodeport',
      [],
      'Create a Service of type NodePort',
      [...SERVICE_FLAGS, flag('node-port', 'int', { default: '0' })],
      ({ flags }, name) =>
        service(name, 'NodePort', { ports: servicePorts(flags.list('tcp'), flags.number('node-port')) }),
      'create service nodeport',
    ),
    maker(
      'loadbalancer',
      [],
      'Create a Service of type LoadBalancer',
      SERVICE_FLAGS,
      ({ flags }, name) => service(name, 'LoadBalancer', { ports: servicePorts(flags.list('tcp'), 0) }),
      'create service loadbalancer',
    ),
    maker(
      'externalname',
      [],
      'Create a Service of type ExternalName',
      [...SERVICE_FLAGS, flag('external-name', 'string')],
      (invocation, name) => {
        needed(invocation, 'external-name');
        const { flags } = invocation;
        return service(name, 'ExternalName', {
          ports: servicePorts(flags.list('tcp'), 0),
          externalName: flags.string('external-name'),
        });
      },
      'create service externalname',
    ),
  ],
};

const secretCommand: Command = {
  name: 'secret',
  summary: 'Create a Secret',
  subcommands: [
    maker(
      'generic',
      [],
      'Create a Secret of files or literals',
      [...DATA_FLAGS, flag('type', 'string')],
      ({ flags, process }, name) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        ...withData(encoded(dataOf(process, flags))),
        ...(flags.string('type') !== '' && { type: flags.string('type') }),
      }),
      'create secret generic',
    ),
    maker(
      'tls',
      [],
      'Create a Secret of a certificate and its key',
      [flag('cert', 'string'), flag('key', 'string')],
      (invocation, name) => {
        needed(invocation, 'cert', 'key');
        const read = (path: string) => {
          if (!invocation.process.files.exists(path))
            throw new CommandError(`Cannot read file ${path}, open ${path}: no such file or directory`);
          return invocation.process.files.readText(path);
        };
        const { flags } = invocation;
        return {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name },
          type: 'kubernetes.io/tls',
          data: { 'tls.crt': base64(read(flags.string('cert'))), 'tls.key': base64(read(flags.string('key'))) },
        };
      },
      'create secret tls',
    ),
    maker(
      'docker-registry',
      [],
      'Create a Secret for a registry',
      [
        flag('docker-server', 'string', { default: 'https://index.docker.io/v1/' }),
        flag('docker-username', 'string'),
        flag('docker-password', 'string'),
        flag('docker-email', 'string'),
      ],
      (invocation, name) => {
        needed(invocation, 'docker-username', 'docker-password');
        const { flags } = invocation;
        const [username, password, email] = [
          flags.string('docker-username'),
          flags.string('docker-password'),
          flags.string('docker-email'),
        ];
        const auth = base64(`${username}:${password}`);
        const config = {
          auths: { [flags.string('docker-server')]: { username, password, ...(email !== '' && { email }), auth } },
        };
        return {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name },
          type: 'kubernetes.io/dockerconfigjson',
          data: { '.dockerconfigjson': base64(JSON.stringify(config)) },
        };
      },
      'create secret docker-registry',
    ),
  ],
};

function withData(data: Readonly<Record<string, string>>) {
  return Object.keys(data).length === 0 ? {} : { data };
}

const RULE_FLAGS: readonly Flag[] = [flag('verb', 'list'), flag('resource', 'list'), flag('resource-name', 'array')];
const BINDING_FLAGS: readonly Flag[] = [
  flag('user', 'array'),
  flag('group', 'array'),
  flag('serviceaccount', 'array'),
  flag('clusterrole', 'string'),
  flag('role', 'string'),
];

export const create: Command = {
  name: 'create',
  summary: 'Create resources of files, or of flags',
  usage: '-f FILE',
  flags: [
    ...FILE_FLAGS,
    ...CHANGE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('selector', 'string', { short: 'l' }),
    flag('edit', 'bool', { missing: '' }),
    flag('raw', 'string', { missing: '' }),
  ],
  subcommands: [
    maker('namespace', ['ns'], 'Create a Namespace', [], (_invocation, name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      spec: {},
      status: {},
    })),
    maker(
      'deployment',
      ['deploy'],
      'Create a Deployment',
      [
        flag('image', 'list'),
        flag('replicas', 'int', { short: 'r', default: '1' }),
        flag('port', 'int', { default: '-1' }),
      ],
      (invocation, name) => {
        needed(invocation, 'image');
        const { flags } = invocation;
        return deployment({
          name,
          images: flags.list('image'),
          replicas: flags.number('replicas'),
          port: flags.number('port'),
          command: commandOf(invocation),
        });
      },
    ),
    maker('configmap', ['cm'], 'Create a ConfigMap', DATA_FLAGS, ({ flags, process }, name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      ...withData(dataOf(process, flags)),
    })),
    secretCommand,
    serviceCommand,
    maker('serviceaccount', ['sa'], 'Create a ServiceAccount', [], (_invocation, name) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
    })),
    maker('job', [], 'Create a Job', [flag('image', 'string'), flag('from', 'string')], (invocation, name) => {
      const { flags, session } = invocation;
      if (flags.string('from') === '') {
        if (flags.string('image') === '') throw new CommandError('either --image or --from must be specified');
        return job(name, flags.string('image'), commandOf(invocation));
      }
      if (flags.string('image') !== '') throw new CommandError('either --image or --from must be specified');
      return (function* () {
        const [type = '', of = ''] = flags.string('from').split('/');
        const resource = yield* session.discovery.find(type);
        if (resource.kind !== 'CronJob') throw new CommandError('from must be an existing cronjob');
        return jobFrom(name, yield* session.json<AnyObject>({ path: pathOf(resource, session.namespace, of) }));
      })();
    }),
    maker(
      'cronjob',
      ['cj'],
      'Create a CronJob',
      [flag('image', 'string'), flag('schedule', 'string'), flag('restart', 'string', { default: 'OnFailure' })],
      (invocation, name) => {
        needed(invocation, 'image', 'schedule');
        const { flags } = invocation;
        return cronJob(
          name,
          flags.string('image'),
          flags.string('schedule'),
          flags.string('restart'),
          commandOf(invocation),
        );
      },
    ),
    maker('role', [], 'Create a Role', RULE_FLAGS, (invocation, name) => role(invocation, name)),
    maker(
      'clusterrole',
      [],
      'Create a ClusterRole',
      [...RULE_FLAGS, flag('non-resource-url', 'list'), flag('aggregation-rule', 'string', { missing: '' })],
      (invocation, name) => clusterRole(invocation, name),
    ),
    maker('rolebinding', [], 'Create a RoleBinding', BINDING_FLAGS, ({ flags }, name) => roleBinding(name, flags)),
    maker('clusterrolebinding', [], 'Create a ClusterRoleBinding', BINDING_FLAGS, ({ flags }, name) =>
      clusterRoleBinding(name, flags),
    ),
    maker(
      'priorityclass',
      ['pc'],
      'Create a PriorityClass',
      [
        flag('value', 'int', { default: '0' }),
        flag('global-default', 'bool'),
        flag('description', 'string'),
        flag('preemption-policy', 'string', { default: 'PreemptLowerPriority' }),
      ],
      ({ flags }, name) => ({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value: flags.number('value'),
        ...(flags.bool('global-default') && { globalDefault: true }),
        ...(flags.string('description') !== '' && { description: flags.string('description') }),
        preemptionPolicy: flags.string('preemption-policy'),
      }),
    ),
    {
      name: 'token',
      summary: 'Ask for a token of a ServiceAccount',
      usage: 'SERVICE_ACCOUNT_NAME',
      flags: [...OUTPUT_FLAGS, flag('duration', 'duration', { default: '0' }), flag('audience', 'array')],
      *run({ args, flags, session, out }) {
        const [name] = args;
        if (name === undefined)
          throw new CommandError(
            "exactly one NAME is required, got 0\nSee 'kubectl create token -h' for help and examples",
          );
        const accounts = yield* session.discovery.find('serviceaccounts');
        try {
          const answer = yield* session.json<{ readonly status: { readonly token: string } }>({
            method: 'POST',
            path: `${pathOf(accounts, session.namespace, name)}/token`,
            body: {
              kind: 'TokenRequest',
              apiVersion: 'authentication.k8s.io/v1',
              metadata: {},
              spec: {
                audiences: flags.list('audience').length > 0 ? flags.list('audience') : null,
                expirationSeconds: flags.duration('duration') > 0 ? flags.duration('duration') / 1000 : null,
              },
            },
          });
          out(`${answer.status.token}\n`);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          throw new CommandError(`failed to create token: ${error.message}`);
        }
        return 0;
      },
    },
  ],
  *run(invocation) {
    const { flags, args, session } = invocation;
    if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k');
    const errors: unknown[] = [];
    for (const { resource, manifest, namespace } of yield* selections(session, args, flags)) {
      if (!manifest) continue;
      const { object } = manifest;
      try {
        const placed = namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
        const created = yield* createObject(invocation, resource, placed, MANAGER);
        report(
          invocation,
          resource,
          created,
          'created',
          dryRunOf(flags, () => undefined),
        );
      } catch (error) {
        errors.push(fromSource(error, manifest.source, 'creating'));
      }
    }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;
  },
};
