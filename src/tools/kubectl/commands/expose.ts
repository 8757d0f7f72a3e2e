import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { labelsOf } from '../generators/pod-template.ts';
import { selections } from '../resources/builder.ts';
import { create, dryRunOf, report } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

const EXPOSABLE = ['Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'Service'];

interface Spec {
  readonly selector?: Readonly<Record<string, unknown>>;
  readonly template?: {
    readonly spec: {
      readonly containers: readonly {
        readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
      }[];
    };
  };
  readonly containers?: readonly {
    readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  }[];
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

export const expose: Command = {
  name: 'expose',
  summary: 'Make a Service for what is there',
  usage: '(-f FILE | TYPE NAME) [--port=PORT] [--target-port=] [--name=] [--type=]',
  flags: [
    ...CHANGE_FLAGS,
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('port', 'string'),
    flag('target-port', 'string'),
    flag('name', 'string'),
    flag('type', 'string'),
    flag('protocol', 'string'),
    flag('selector', 'string'),
    flag('labels', 'string', { short: 'l' }),
    flag('external-ip', 'string'),
    flag('cluster-ip', 'string'),
    flag('session-affinity', 'string'),
    flag('load-balancer-ip', 'string'),
    flag('overrides', 'string', { missing: '' }),
  ],
  *run(invocation) {
    const { args, flags, session, error } = invocation;
    const services = yield* session.discovery.find('services');
    const dryRun = dryRunOf(flags, error);
    for (const target of yield* targetsOf(session, yield* selections(session, args, flags), flags)) {
      if (!EXPOSABLE.includes(target.resource.kind))
        throw new CommandError(
          `cannot expose a ${target.resource.kind}${target.resource.group === '' ? '' : `.${target.resource.group}`}`,
        );
      const object = yield* objectOf(session, target);
      const spec = object['spec'] as Spec;
      const selector = flags.string('selector') === '' ? selectorOf(object, spec) : labelsOf(flags.string('selector'));
      if (Object.keys(selector).length === 0)
        throw new CommandError(
          "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
        );
      const containers = spec.template?.spec.containers ?? spec.containers ?? [];
      const found =
        spec.ports?.map(({ port, protocol = 'TCP' }) => ({ port, protocol })) ??
        containers.flatMap(({ ports = [] }) =>
          ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })),
        );
      const wanted =
        flags.string('port') === ''
          ? found
          : flags
              .string('port')
              .split(',')
              .map((port) => ({
                port: Number(port),
                protocol:
                  flags.string('protocol') || found.find((each) => each.port === Number(port))?.protocol || 'TCP',
              }));
      if (wanted.length === 0) throw new CommandError("couldn't find port via --port flag or introspection");
      const targetPort = flags.string('target-port');
      const ports = wanted.map(({ port, protocol }, index) => ({
        ...(wanted.length > 1 && { name: `port-${index + 1}` }),
        port,
        protocol,
        targetPort: targetPort === '' ? port : /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort,
      }));
      const own = labelsOf(flags.string('labels'));
      const labels = flags.string('labels') === '' ? object.metadata?.labels : own;
      const service: AnyObject = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          ...(labels && Object.keys(labels).length > 0 && { labels }),
          name: flags.string('name') || target.name,
        },
        spec: {
          ports,
          selector,
          ...(flags.string('type') !== '' && { type: flags.string('type') }),
          ...(flags.string('cluster-ip') !== '' && { clusterIP: flags.string('cluster-ip') }),
          ...(flags.string('external-ip') !== '' && { externalIPs: [flags.string('external-ip')] }),
          ...(flags.string('session-affinity') !== '' && { sessionAffinity: flags.string('session-affinity') }),
        },
        status: { loadBalancer: {} },
      };
      report(invocation, services, yield* create(invocation, services, service, 'kubectl-expose'), 'exposed', dryRun);
    }
    return 0;
  },
};

function selectorOf(object: AnyObject, { selector }: Spec): Readonly<Record<string, unknown>> {
  if (object.kind === 'Pod' || selector === undefined) return object.metadata?.labels ?? {};
  const { matchLabels, matchExpressions } = selector as {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly unknown[];
  };
  if (matchExpressions && matchExpressions.length > 0)
    throw new CommandError(
      'couldn\'t retrieve selectors via --selector flag or introspection: couldn\'t convert expressions - "[...]" to map-based selector format',
    );
  return matchLabels ?? selector;
}
