import type { Routine } from '#kernel/coroutine.ts';
import type { Command, Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { type Flag, flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import type { Container } from '../describe/containers.ts';
import { labelsOf } from '../generators/pod-template.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, type Target, targetsOf } from '../resources/visit.ts';

const FLAGS: readonly Flag[] = [
  ...CHANGE_FLAGS,
  ...FILE_FLAGS,
  ...OUTPUT_FLAGS,
  ...SELECTOR_FLAGS,
  flag('all', 'bool'),
  flag('containers', 'string', { short: 'c', default: '*' }),
  flag('local', 'bool', { missing: '' }),
];

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

/** Where the Pod's specification is: in the object, or in its template. */
function specIn(object: AnyObject): { readonly spec: PodSpec; readonly wrap: (spec: object) => object } {
  const spec = object['spec'] as {
    readonly template?: { readonly spec: PodSpec };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
  } & PodSpec;
  if (spec.jobTemplate)
    return {
      spec: spec.jobTemplate.spec.template.spec,
      wrap: (own) => ({ spec: { jobTemplate: { spec: { template: { spec: own } } } } }),
    };
  if (spec.template) return { spec: spec.template.spec, wrap: (own) => ({ spec: { template: { spec: own } } }) };
  return { spec, wrap: (own) => ({ spec: own }) };
}

/** The arguments that name resources, and those that say what to set. */
function split(
  { args }: Invocation,
  isChange: (word: string) => boolean,
): readonly [names: readonly string[], changes: readonly string[]] {
  const at = args.findIndex((word, index) => index > 0 && isChange(word));
  return at < 0 ? [args, []] : [args.slice(0, at), args.slice(at)];
}

function* change(
  invocation: Invocation,
  target: Target,
  before: AnyObject,
  body: object,
  words: string,
): Routine<void> {
  const dryRun = dryRunOf(invocation.flags, invocation.error);
  const after = yield* patch(invocation, target, body, 'strategic-merge', {
    manager: 'kubectl-set',
    dryRun: dryRun === 'client' ? 'server' : dryRun,
  });
  if (after.metadata?.resourceVersion === before.metadata?.resourceVersion && dryRun === 'none') return;
  report(invocation, target.resource, after, words, dryRun);
}

function* each(invocation: Invocation, names: readonly string[]): Routine<readonly Target[]> {
  const { session, flags } = invocation;
  return yield* targetsOf(session, yield* selections(session, names, flags), flags);
}

function chosen(all: readonly Container[], pattern: string): readonly Container[] {
  if (pattern === '*') return all;
  const matches = new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return all.filter(({ name }) => matches.test(name));
}

const image: Command = {
  name: 'image',
  summary: 'Set the images of containers',
  usage: '(TYPE NAME | TYPE/NAME) CONTAINER=IMAGE ...',
  flags: FLAGS,
  *run(invocation) {
    const [names, changes] = split(invocation, (word) => word.includes('='));
    if (changes.length === 0) throw new CommandError('at least one image update is required');
    for (const target of yield* each(invocation, names)) {
      const object = yield* objectOf(invocation.session, target);
      const { spec, wrap } = specIn(object);
      const containers: object[] = [];
      const initContainers: object[] = [];
      for (const item of changes) {
        const at = item.indexOf('=');
        const [name, wanted] = [item.slice(0, at), item.slice(at + 1)];
        const own = chosen(spec.containers, name);
        const init = chosen(spec.initContainers ?? [], name);
        if (own.length + init.length === 0)
          throw new CommandError(`unable to find container named ${JSON.stringify(name)}`);
        containers.push(...own.map((container) => ({ name: container.name, image: wanted })));
        initContainers.push(...init.map((container) => ({ name: container.name, image: wanted })));
      }
      yield* change(
        invocation,
        target,
        object,
        wrap({ ...(containers.length > 0 && { containers }), ...(initContainers.length > 0 && { initContainers }) }),
        'image updated',
      );
    }
    return 0;
  },
};

const env: Command = {
  name: 'env',
  summary: 'Set variables of containers',
  usage: '(TYPE NAME | TYPE/NAME) KEY=VALUE ... KEY- ...',
  flags: [
    ...FLAGS,
    flag('list', 'bool'),
    flag('overwrite', 'bool', { default: 'true' }),
    flag('from', 'string', { missing: '' }),
    flag('env', 'array', { short: 'e' }),
    flag('resolve', 'bool'),
    flag('keys', 'list'),
    flag('prefix', 'string'),
  ],
  *run(invocation) {
    const { flags, session, out } = invocation;
    const [names, words] = split(invocation, (word) => word.includes('=') || word.endsWith('-'));
    const changes = [...words, ...flags.list('env')];
    if (changes.length === 0 && !flags.bool('list'))
      throw new CommandError('at least one environment variable must be provided');
    for (const target of yield* each(invocation, names)) {
      const object = yield* objectOf(session, target);
      const { spec, wrap } = specIn(object);
      const containers = chosen(spec.containers, flags.string('containers'));
      if (flags.bool('list')) {
        for (const container of containers) {
          out(`# ${target.resource.kind} ${target.name}, container ${container.name}\n`);
          for (const { name, value, valueFrom } of container.env ?? [])
            out(valueFrom ? `# ${name} is set from elsewhere\n` : `${name}=${value ?? ''}\n`);
        }
        continue;
      }
      const variables = changes.map((item) =>
        item.includes('=')
          ? { name: item.slice(0, item.indexOf('=')), value: item.slice(item.indexOf('=') + 1) }
          : { name: item.slice(0, -1), $patch: 'delete' },
      );
      yield* change(
        invocation,
        target,
        object,
        wrap({ containers: containers.map(({ name }) => ({ name, env: variables })) }),
        'env updated',
      );
    }
    return 0;
  },
};

const resources: Command = {
  name: 'resources',
  summary: 'Set requests and limits of containers',
  usage: '(TYPE NAME | TYPE/NAME) [--limits=] [--requests=]',
  flags: [...FLAGS, flag('limits', 'string'), flag('requests', 'string')],
  *run(invocation) {
    const { flags, session, args } = invocation;
    if (!flags.has('limits') && !flags.has('requests'))
      throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    for (const target of yield* each(invocation, args)) {
      const object = yield* objectOf(session, target);
      const { spec, wrap } = specIn(object);
      const wanted = {
        ...(flags.has('limits') && { limits: labelsOf(flags.string('limits')) }),
        ...(flags.has('requests') && { requests: labelsOf(flags.string('requests')) }),
      };
      const containers = chosen(spec.containers, flags.string('containers')).map(({ name }) => ({
        name,
        resources: wanted,
      }));
      yield* change(invocation, target, object, wrap({ containers }), 'resource requirements updated');
    }
    return 0;
  },
};

const serviceAccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Set the ServiceAccount of Pods',
  usage: '(TYPE NAME | TYPE/NAME) SERVICE_ACCOUNT',
  flags: FLAGS,
  *run(invocation) {
    const { args, session } = invocation;
    const account = args.at(-1);
    if (account === undefined || args.length < 2) throw new CommandError('serviceaccount is required');
    for (const target of yield* each(invocation, args.slice(0, -1))) {
      const object = yield* objectOf(session, target);
      yield* change(
        invocation,
        target,
        object,
        specIn(object).wrap({ serviceAccountName: account }),
        'serviceaccount updated',
      );
    }
    return 0;
  },
};

const selector: Command = {
  name: 'selector',
  summary: 'Set the selector of a Service',
  usage: '(TYPE NAME | TYPE/NAME) EXPRESSIONS',
  flags: FLAGS,
  *run(invocation) {
    const { args, session } = invocation;
    const wanted = args.at(-1);
    if (wanted === undefined || args.length < 2)
      throw new CommandError('one resource and one selector must be specified');
    for (const target of yield* each(invocation, args.slice(0, -1))) {
      const object = yield* objectOf(session, target);
      const { selector: before = {} } = object['spec'] as { readonly selector?: Readonly<Record<string, string>> };
      const gone = Object.fromEntries(Object.keys(before).map((key) => [key, null]));
      yield* change(
        invocation,
        target,
        object,
        { spec: { selector: { ...gone, ...labelsOf(wanted) } } },
        'selector updated',
      );
    }
    return 0;
  },
};

export const set: Command = {
  name: 'set',
  summary: 'Set parts of resources',
  subcommands: [image, env, resources, serviceAccount, selector],
};
