import { labelValue } from '../../../cluster/api/names.ts';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAGS } from '../command/shared-flags.ts';
import { objectName } from '../connection/discovery.ts';
import { labelText } from '../printers/table.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

/** `label` and `annotate`: the same but for the field. */
function metadataCommand(name: 'label' | 'annotate', field: 'labels' | 'annotations', done: string): Command {
  return {
    name,
    summary: `Set or remove ${field}`,
    usage: '(TYPE NAME | -f FILE | TYPE -l SELECTOR | TYPE --all) KEY=VALUE ... KEY- ...',
    flags: [
      ...CHANGE_FLAGS,
      ...FILE_FLAGS,
      ...OUTPUT_FLAGS,
      ...SELECTOR_FLAGS,
      flag('all', 'bool'),
      flag('all-namespaces', 'bool', { short: 'A' }),
      flag('overwrite', 'bool'),
      flag('list', 'bool'),
      flag('resource-version', 'string'),
      flag('local', 'bool', { missing: '' }),
    ],
    *run(invocation) {
      const { args, flags, session, out, error } = invocation;
      const isChange = (arg: string) => arg.includes('=') || (arg.endsWith('-') && arg.length > 1);
      const first = args.findIndex((arg, index) => index > 0 && isChange(arg));
      const cut = flags.list('filename').length > 0 ? 0 : first < 0 ? args.length : first;
      const changes = args.slice(cut);
      if (changes.length === 0 && !flags.bool('list'))
        throw new CommandError(`at least one ${name === 'label' ? 'label' : 'annotation'} update is required`);
      const set: Record<string, string> = {};
      const remove: string[] = [];
      for (const change of changes) {
        const at = change.indexOf('=');
        if (at >= 0) set[change.slice(0, at)] = change.slice(at + 1);
        else if (change.endsWith('-')) remove.push(change.slice(0, -1));
        else throw new CommandError(`unknown ${name === 'label' ? 'label' : 'annotation'} spec: ${change}`);
      }
      for (const key of remove)
        if (key in set)
          throw new CommandError(
            `can not both modify and remove ${name === 'label' ? 'a label' : 'an annotation'} in the same command`,
          );
      if (name === 'label')
        for (const [key, value] of Object.entries(set)) {
          const problems = labelValue(value);
          if (problems.length > 0)
            throw new CommandError(`invalid label value: "${key}=${value}": ${problems.join(';')}`);
        }
      const dryRun = dryRunOf(flags, error);
      const wanted = yield* selections(session, args.slice(0, cut), flags);
      for (const target of yield* targetsOf(session, wanted, flags)) {
        const object = yield* objectOf(session, target);
        const before = object.metadata?.[field] ?? {};
        if (flags.bool('list')) {
          for (const line of labelText(before).split(',')) out(`${line}\n`);
          continue;
        }
        for (const [key, value] of Object.entries(set))
          if (!flags.bool('overwrite') && before[key] !== undefined && before[key] !== value)
            throw new CommandError(
              name === 'label'
                ? `'${key}' already has a value (${before[key]}), and --overwrite is false`
                : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${before[key]})`,
            );
        for (const key of remove)
          if (before[key] === undefined)
            out(`${name === 'label' ? 'label' : 'annotation'} ${JSON.stringify(key)} not found.\n`);
        const after = { ...before, ...set };
        for (const key of remove) delete after[key];
        const isSame = labelText(before) === labelText(after);
        const removes = remove.some((key) => before[key] !== undefined);
        const change = { ...set, ...Object.fromEntries(remove.map((key) => [key, null])) };
        const changed =
          isSame || dryRun === 'client'
            ? { ...object, metadata: { ...object.metadata, [field]: after } }
            : yield* patch(invocation, target, { metadata: { [field]: change } }, 'merge', {
                manager: `kubectl-${name}`,
                dryRun,
              });
        const words =
          isSame && name === 'label'
            ? 'not labeled'
            : removes && name === 'label'
              ? Object.keys(set).length > 0
                ? done
                : 'unlabeled'
              : done;
        if (flags.string('output') === '')
          out(
            `${objectName({ ...target.resource, singular: '' }, target.name)} ${words}${dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'}\n`,
          );
        else report(invocation, target.resource, changed, words, dryRun);
      }
      return 0;
    },
  };
}

export const label = metadataCommand('label', 'labels', 'labeled');
export const annotate = metadataCommand('annotate', 'annotations', 'annotated');
