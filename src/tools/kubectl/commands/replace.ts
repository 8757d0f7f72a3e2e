import { ApiError } from '../../../cluster/api/status.ts';
import type { Command } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { pathOf } from '../connection/discovery.ts';
import { selections } from '../resources/builder.ts';
import { changeQuery, create, dryRunOf, report } from '../resources/change.ts';
import { fromSource } from '../resources/from-source.ts';
import type { AnyObject } from '../resources/object.ts';
import { kindName } from '../resources/visit.ts';
import { watchUntil } from '../resources/watch-until.ts';

export const replace: Command = {
  name: 'replace',
  summary: 'Put resources of files in place of those that are there',
  usage: '-f FILE',
  flags: [
    ...FILE_FLAGS,
    ...CHANGE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('force', 'bool'),
    flag('grace-period', 'int', { default: '-1' }),
    flag('cascade', 'string'),
    flag('subresource', 'string'),
    flag('timeout', 'duration', { default: '0' }),
  ],
  *run(invocation) {
    const { flags, args, session, out, error } = invocation;
    if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k');
    const dryRun = dryRunOf(flags, error);
    const errors: unknown[] = [];
    for (const { resource, namespace, name = '', manifest } of yield* selections(session, args, flags)) {
      if (!manifest) continue;
      const path = pathOf(resource, namespace, name);
      try {
        if (flags.bool('force')) {
          try {
            yield* session.json({
              method: 'DELETE',
              path,
              body: {
                kind: 'DeleteOptions',
                apiVersion: 'v1',
                propagationPolicy: 'Background',
                ...(flags.number('grace-period') >= 0 && { gracePeriodSeconds: flags.number('grace-period') }),
              },
            });
            out(
              `${kindName(resource)} "${name}" deleted${namespace === undefined ? '' : ` from ${namespace} namespace`}\n`,
            );
          } catch (failure) {
            if (!(failure instanceof ApiError) || failure.reason !== 'NotFound') throw failure;
          }
          yield* watchUntil(
            session,
            { resource, namespace, name },
            (seen) => seen === undefined || seen.type === 'DELETED',
            300_000,
          );
          report(
            invocation,
            resource,
            yield* create(invocation, resource, manifest.object, 'kubectl-replace'),
            'replaced',
            dryRun,
          );
          continue;
        }
        const before = yield* session.json<AnyObject>({ path });
        const version = manifest.object.metadata?.resourceVersion ?? before.metadata?.resourceVersion;
        const object = {
          ...manifest.object,
          metadata: { ...manifest.object.metadata, ...(version !== undefined && { resourceVersion: version }) },
        };
        const after =
          dryRun === 'client'
            ? object
            : yield* session.json<AnyObject>({
                method: 'PUT',
                path,
                query: changeQuery(flags, dryRun, 'kubectl-replace'),
                body: object,
              });
        report(invocation, resource, after, 'replaced', dryRun);
      } catch (failure) {
        errors.push(fromSource(failure, manifest.source, 'replacing'));
      }
    }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;
  },
};
