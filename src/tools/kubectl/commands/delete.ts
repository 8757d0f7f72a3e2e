import { ApiError } from '../../../cluster/api/status.ts';
import type { Command } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { FILE_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { pathOf } from '../connection/discovery.ts';
import { selections } from '../resources/builder.ts';
import { fromSource } from '../resources/from-source.ts';
import type { AnyObject } from '../resources/object.ts';
import { kindName, type Target, targetsOf } from '../resources/visit.ts';
import { WaitTimeout, watchUntil } from '../resources/watch-until.ts';

const WEEK = 168 * 3_600_000;
const POLICIES: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'Delete resources by name, file or selector',
  usage: '(TYPE NAME... | TYPE/NAME | TYPE -l SELECTOR | TYPE --all | -f FILE)',
  flags: [
    ...FILE_FLAGS,
    ...SELECTOR_FLAGS,
    flag('all', 'bool'),
    flag('all-namespaces', 'bool', { short: 'A' }),
    flag('ignore-not-found', 'bool'),
    flag('grace-period', 'int', { default: '-1' }),
    flag('now', 'bool'),
    flag('force', 'bool'),
    flag('wait', 'bool', { default: 'true' }),
    flag('timeout', 'duration', { default: '0' }),
    flag('cascade', 'string', { default: 'background', alone: 'background' }),
    flag('output', 'string', { short: 'o' }),
    flag('dry-run', 'string', { default: 'none', alone: 'unchanged' }),
    flag('interactive', 'bool', { short: 'i', missing: '' }),
    flag('raw', 'string', { missing: '' }),
  ],
  *run({ session, args, flags, out, error }) {
    const output = flags.string('output');
    if (output !== '' && output !== 'name')
      throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
    if (flags.bool('all') && flags.string('selector') !== '')
      throw new CommandError('cannot set --all and --selector at the same time');
    if (flags.bool('all') && flags.string('field-selector') !== '')
      throw new CommandError("setting 'all' parameter but found a non empty selector. ");
    const policy = POLICIES[flags.string('cascade')];
    if (policy === undefined)
      throw new CommandError(
        `invalid cascade value (${flags.string('cascade')}). Must be "background", "foreground", or "orphan"`,
      );
    let grace = flags.number('grace-period');
    if (flags.bool('now')) {
      if (grace !== -1) throw new CommandError('--now and --grace-period cannot be specified together');
      grace = 1;
    }
    const isForced = flags.bool('force');
    if (grace === 0 && !isForced) grace = 1;
    if (isForced && grace > 0)
      throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
    if (isForced && grace < 0) grace = 0;
    if (grace === 0 && isForced)
      error(
        'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
      );
    const wanted = yield* selections(session, args, flags);
    const selected = wanted.some(({ name }) => name === undefined);
    const ignores = flags.bool('ignore-not-found') || selected;
    const targets = yield* targetsOf(session, wanted, flags);
    const dryRun = flags.string('dry-run');
    const deleted: (Target & { readonly uid: string | undefined })[] = [];
    const errors: unknown[] = [];
    for (const target of targets) {
      const { resource, name, namespace } = target;
      const words = ['deleted', ...(namespace === undefined ? [] : [`from ${namespace} namespace`])].join(' ');
      const operation = `${grace === 0 ? 'force ' : ''}${words}${dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''}`;
      const say = () =>
        out(output === 'name' ? `${kindName(resource)}/${name}\n` : `${kindName(resource)} "${name}" ${operation}\n`);
      try {
        if (dryRun === 'client') {
          say();
          continue;
        }
        const answer = yield* session.json<AnyObject & { readonly details?: { readonly uid?: string } }>({
          method: 'DELETE',
          path: pathOf(resource, namespace, name),
          ...(dryRun === 'server' && { query: { dryRun: 'All' } }),
          body: {
            kind: 'DeleteOptions',
            apiVersion: 'v1',
            propagationPolicy: policy,
            ...(grace >= 0 && { gracePeriodSeconds: grace }),
          },
        });
        say();
        deleted.push({ ...target, uid: answer.details?.uid ?? answer.metadata?.uid });
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        if (failure.reason === 'NotFound' && ignores) continue;
        errors.push(target.source === undefined ? failure : fromSource(failure, target.source, 'deleting'));
      }
    }
    if (targets.length === 0) {
      out('No resources found\n');
      return 0;
    }
    if (errors.length === 0 || deleted.length > 0)
      if (flags.bool('wait') && dryRun === 'none') {
        const end = session.process.kernel.now + (flags.duration('timeout') || WEEK);
        for (const target of deleted) {
          try {
            yield* watchUntil(
              session,
              target,
              (seen) =>
                !seen ||
                seen.type === 'DELETED' ||
                (target.uid !== undefined && seen.object.metadata?.uid !== target.uid),
              end - session.process.kernel.now,
            );
          } catch (failure) {
            if (!(failure instanceof WaitTimeout)) throw failure;
            errors.push(
              new CommandError(`timed out waiting for the condition on ${target.resource.plural}/${target.name}`),
            );
          }
        }
      }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;
  },
};
