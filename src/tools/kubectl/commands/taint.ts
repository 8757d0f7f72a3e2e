import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const taint: Command = {
  name: 'taint',
  summary: 'Keep Pods away from nodes',
  usage: 'NODE NAME KEY[=VALUE]:EFFECT ... KEY[:EFFECT]- ...',
  flags: [...CHANGE_FLAGS, ...OUTPUT_FLAGS, ...SELECTOR_FLAGS, flag('overwrite', 'bool'), flag('all', 'bool')],
  *run(invocation) {
    const { args, flags, session, error } = invocation;
    const at = args.findIndex((word, index) => index > 0 && (/[:=]/.test(word) || word.endsWith('-')));
    const changes = at < 0 ? [] : args.slice(at);
    if (changes.length === 0) throw new CommandError('at least one taint update is required');
    const added: Taint[] = [];
    const removed: { readonly key: string; readonly effect: string }[] = [];
    for (const change of changes) {
      const isRemoval = change.endsWith('-');
      const text = isRemoval ? change.slice(0, -1) : change;
      const [left = '', effect = ''] = text.split(':');
      const [key = '', value] = left.split('=');
      if (isRemoval) removed.push({ key, effect });
      else {
        if (!EFFECTS.includes(effect))
          throw new CommandError(
            effect === ''
              ? `invalid taint spec: ${change}`
              : `invalid taint effect: ${effect}, unsupported taint effect\nSee 'kubectl taint -h' for help and examples`,
          );
        added.push({ key, ...(value !== undefined && value !== '' && { value }), effect });
      }
    }
    const dryRun = dryRunOf(flags, error);
    for (const target of yield* targetsOf(session, yield* selections(session, args.slice(0, at), flags), flags)) {
      const node = yield* objectOf(session, target);
      const { taints = [] } = (node['spec'] ?? {}) as { readonly taints?: readonly Taint[] };
      const same = (a: { readonly key: string; readonly effect: string }, b: Taint) =>
        a.key === b.key && (a.effect === '' || a.effect === b.effect);
      for (const gone of removed)
        if (!taints.some((each) => same(gone, each)))
          throw new CommandError(
            `taint ${JSON.stringify(`${gone.key}${gone.effect === '' ? '' : `:${gone.effect}`}`)} not found`,
          );
      const clash = added.find((each) => taints.some((known) => same(each, known)));
      if (clash && !flags.bool('overwrite'))
        throw new CommandError(
          `node ${target.name} already has ${clash.key} taint(s) with same effect(s) and --overwrite is false`,
        );
      const left = taints.filter(
        (each) => !removed.some((gone) => same(gone, each)) && !added.some((own) => same(own, each)),
      );
      const wanted = [...added, ...left];
      const after =
        dryRun === 'client'
          ? node
          : yield* patch(invocation, target, { spec: { taints: wanted.length > 0 ? wanted : null } }, 'merge', {
              manager: 'kubectl-taint',
              dryRun,
            });
      const words =
        removed.length > 0 && added.length === 0 ? 'untainted' : removed.length > 0 || clash ? 'modified' : 'tainted';
      report(invocation, target.resource, after, words, dryRun);
    }
    return 0;
  },
};
