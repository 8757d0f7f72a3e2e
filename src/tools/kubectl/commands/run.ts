import { sleep } from '#kernel/coroutine.ts';
import type { Json } from '../../../cluster/api/json.ts';
import { applyMergePatch } from '../../../cluster/api/patch/merge-patch.ts';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { pathOf } from '../connection/discovery.ts';
import { environment, labelsOf, pairs } from '../generators/pod-template.ts';
import { service } from '../generators/service.ts';
import { create, dryRunOf, report } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { watchUntil } from '../resources/watch-until.ts';
import { execIn } from './exec.ts';

const RESTARTS = ['Always', 'OnFailure', 'Never'];

/** A reference to an image (github.com/distribution/reference). */
const IMAGE =
  /^(?:[\w.-]+(?::\d+)?\/)?[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[\da-fA-F]{32,})?$/;

export const run: Command = {
  name: 'run',
  summary: 'Run an image in a Pod',
  usage: 'NAME --image=IMAGE [--env=A=B] [--port=PORT] [--dry-run=client] [-- COMMAND] [ARGS...]',
  flags: [
    ...CHANGE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('image', 'string'),
    flag('env', 'array'),
    flag('port', 'string'),
    flag('labels', 'string', { short: 'l' }),
    flag('annotations', 'array'),
    flag('restart', 'string', { default: 'Always' }),
    flag('command', 'bool'),
    flag('stdin', 'bool', { short: 'i' }),
    flag('tty', 'bool', { short: 't' }),
    flag('rm', 'bool'),
    flag('attach', 'bool'),
    flag('quiet', 'bool', { short: 'q' }),
    flag('leave-stdin-open', 'bool'),
    flag('overrides', 'string'),
    flag('override-type', 'string', { default: 'merge' }),
    flag('expose', 'bool'),
    flag('image-pull-policy', 'string'),
    flag('privileged', 'bool'),
    flag('pod-running-timeout', 'duration', { default: '1m0s' }),
    flag('grace-period', 'int', { default: '-1' }),
  ],
  stopsAtArgument: false,
  *run(invocation) {
    const { args, dashAt, flags, session, out, error, path } = invocation;
    const [name, ...rest] = args;
    if (name === undefined || dashAt === 0)
      throw new CommandError(`NAME is required for run\nSee '${path} -h' for help and examples`);
    const image = flags.string('image');
    if (image === '') throw new CommandError('--image is required');
    if (/\s/.test(image))
      throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
    const restart = flags.string('restart');
    if (!RESTARTS.includes(restart))
      throw new CommandError(`invalid restart policy: ${restart}\nSee '${path} -h' for help and examples`);
    const interactive = flags.bool('stdin');
    if (flags.bool('tty') && !interactive)
      throw new CommandError('-i/--stdin is required for containers with -t/--tty=true');
    const attaches = flags.bool('attach') || interactive;
    if (flags.bool('rm') && !attaches) throw new CommandError('--rm should only be used for attached containers');
    if (flags.bool('expose') && flags.string('port') === '')
      throw new CommandError('--port must be set when exposing a service');
    if (!IMAGE.test(image))
      throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
    const dryRun = dryRunOf(flags, error);
    if (attaches && dryRun !== 'none')
      throw new CommandError(
        "--dry-run=client or --dry-run=server can't be used with attached containers options (--attach, --stdin, or --tty)",
      );
    const labels = flags.string('labels') === '' ? { run: name } : labelsOf(flags.string('labels'));
    const port = Number(flags.string('port'));
    const container = {
      ...(rest.length > 0 && (flags.bool('command') ? { command: rest } : { args: rest })),
      ...(flags.list('env').length > 0 && { env: environment(flags.list('env')) }),
      image,
      ...(flags.string('image-pull-policy') !== '' && { imagePullPolicy: flags.string('image-pull-policy') }),
      name,
      ...(flags.string('port') !== '' && { ports: [{ containerPort: port }] }),
      resources: {},
      ...(flags.bool('privileged') && { securityContext: { privileged: true } }),
      ...(interactive && { stdin: true }),
      ...(interactive && !flags.bool('leave-stdin-open') && { stdinOnce: true }),
      ...(flags.bool('tty') && { tty: true }),
    };
    const pod: AnyObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        labels,
        name,
        ...(flags.list('annotations').length > 0 && {
          annotations: pairs(flags.list('annotations'), 'invalid annotation'),
        }),
      },
      spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: restart },
      status: {},
    };
    const resource = yield* session.discovery.find('pods');
    const created = yield* create(
      invocation,
      resource,
      overridden(pod, flags.string('overrides'), flags.string('override-type')),
      'kubectl-run',
    );
    if (!attaches) report(invocation, resource, created, 'created', dryRun);
    if (flags.bool('expose')) {
      const services = yield* session.discovery.find('services');
      const made = service(name, 'ClusterIP', { ports: [{ port, protocol: 'TCP', targetPort: port }] });
      const { type: _usual, ...spec }: Record<string, unknown> = { ...(made['spec'] as object), selector: labels };
      const exposed = yield* create(invocation, services, { ...made, metadata: { name }, spec }, 'kubectl-run');
      report(invocation, services, exposed, 'created', dryRun);
    }
    if (!attaches) return 0;
    const target = { resource, namespace: session.namespace, name };
    try {
      const begun = yield* watchUntil(
        session,
        target,
        (seen) => seen !== undefined && phaseOf(seen.object) !== 'Pending',
        flags.duration('pod-running-timeout'),
      );
      let status = 0;
      if (begun && phaseOf(begun) === 'Running') {
        if (!flags.bool('quiet') && interactive && flags.bool('tty'))
          error("If you don't see a command prompt, try pressing enter.\n");
        yield* execIn(invocation, begun, { command: [], container: name, verb: 'attach' });
      } else {
        const text = yield* session.json({
          path: `${pathOf(resource, session.namespace, name)}/log`,
          query: { container: name },
        });
        out(String(text ?? ''));
      }
      if (restart === 'Never' || flags.bool('rm')) {
        const ended = yield* watchUntil(
          session,
          target,
          (seen) => seen === undefined || seen.type === 'DELETED' || exitCode(seen.object) !== undefined,
          10_000,
        );
        status = (ended && exitCode(ended)) ?? 0;
        if (status !== 0) error(`pod ${session.namespace}/${name} terminated (Error)\n`);
      }
      return status;
    } finally {
      if (flags.bool('rm')) {
        yield* session.json({
          method: 'DELETE',
          path: pathOf(resource, session.namespace, name),
          body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
        });
        out(`pod "${name}" deleted from ${session.namespace} namespace\n`);
        yield* sleep(session.process.kernel, 0);
      }
    }
  },
};

function overridden(object: AnyObject, text: string, type: string): AnyObject {
  if (text === '') return object;
  if (type === 'json') throw new CommandError('--override-type json is not simulated here');
  let patch: Json;
  try {
    patch = JSON.parse(text) as Json;
  } catch {
    throw new CommandError('--overrides is no JSON');
  }
  return applyMergePatch(object as Json, patch) as AnyObject;
}

function phaseOf(pod: AnyObject): string {
  return (pod['status'] as { readonly phase?: string } | undefined)?.phase ?? 'Pending';
}

function exitCode(pod: AnyObject): number | undefined {
  const { containerStatuses = [] } = (pod['status'] ?? {}) as {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
  return containerStatuses[0]?.state?.terminated?.exitCode;
}
