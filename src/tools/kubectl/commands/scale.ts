import { ApiError } from '../../../cluster/api/status.ts';
import type { Command } from '../command/command.ts';
import { CommandError, Failures } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

export const scale: Command = {
  name: 'scale',
  summary: 'Set how many replicas there are to be',
  usage: '--replicas=COUNT (-f FILE | TYPE NAME)',
  flags: [
    ...CHANGE_FLAGS,
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    ...SELECTOR_FLAGS,
    flag('replicas', 'int'),
    flag('current-replicas', 'int', { default: '-1' }),
    flag('resource-version', 'string'),
    flag('timeout', 'duration', { default: '0' }),
    flag('all', 'bool'),
  ],
  *run(invocation) {
    const { args, flags, session, error } = invocation;
    if (!flags.has('replicas')) throw new CommandError('required flag(s) "replicas" not set');
    const replicas = flags.number('replicas');
    if (replicas < 0)
      throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const dryRun = dryRunOf(flags, error);
    const targets = yield* targetsOf(session, yield* selections(session, args, flags), flags);
    if (targets.length === 0) throw new CommandError('no objects passed to scale');
    const errors: unknown[] = [];
    for (const target of targets) {
      try {
        const object = yield* objectOf(session, target);
        const { replicas: now } = (object['spec'] ?? {}) as { readonly replicas?: number };
        if (!target.resource.subresources.includes('scale'))
          throw new ApiError('NotFound', 'the server could not find the requested resource');
        const wanted = flags.number('current-replicas');
        if (wanted >= 0 && now !== wanted) throw new CommandError(`Expected replicas to be ${wanted}, was ${now ?? 0}`);
        if (dryRun !== 'client')
          yield* patch(invocation, target, { spec: { replicas } }, 'merge', {
            subresource: 'scale',
            manager: 'kubectl-scale',
            dryRun,
          });
        report(invocation, target.resource, object, 'scaled', dryRun);
      } catch (failure) {
        errors.push(failure);
      }
    }
    if (errors.length > 0) throw Failures.of(errors);
    return 0;
  },
};
