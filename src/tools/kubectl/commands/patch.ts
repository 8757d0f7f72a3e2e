import { readYaml, YamlError } from '#yaml/read-yaml.ts';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import type { Resource } from '../connection/discovery.ts';
import { selections } from '../resources/builder.ts';
import { dryRunOf, patch, report } from '../resources/change.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

const TYPES: Readonly<Record<string, 'strategic-merge' | 'merge' | 'json'>> = {
  json: 'json',
  merge: 'merge',
  strategic: 'strategic-merge',
};

export const patchCommand: Command = {
  name: 'patch',
  summary: 'Change fields of a resource',
  usage: '(-f FILE | TYPE NAME) [-p PATCH | --patch-file FILE]',
  flags: [
    ...CHANGE_FLAGS,
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('patch', 'string', { short: 'p' }),
    flag('patch-file', 'string'),
    flag('type', 'string', { default: 'strategic' }),
    flag('subresource', 'string'),
    flag('local', 'bool', { missing: '' }),
  ],
  *run(invocation) {
    const { args, flags, session, error, process } = invocation;
    const type = TYPES[flags.string('type')];
    if (!type)
      throw new CommandError(
        `--type must be one of [json merge strategic], not ${JSON.stringify(flags.string('type'))}`,
      );
    if (flags.string('patch') === '' && flags.string('patch-file') === '')
      throw new CommandError('must specify --patch or --patch-file containing the contents of the patch');
    const text =
      flags.string('patch-file') === '' ? flags.string('patch') : process.files.readText(flags.string('patch-file'));
    const body = patchOf(text);
    const dryRun = dryRunOf(flags, error);
    for (const target of yield* targetsOf(session, yield* selections(session, args, flags), flags)) {
      const before = yield* objectOf(session, target);
      const after = yield* patch(invocation, target, body, type, {
        subresource: flags.string('subresource'),
        dryRun: dryRun === 'client' ? 'server' : dryRun,
      });
      const isSame = dryRun === 'none' && JSON.stringify(before) === JSON.stringify(after);
      const resource = flags.string('subresource') === '' ? target.resource : resourceOf(after, target.resource);
      report(invocation, resource, after, isSame ? 'patched (no change)' : 'patched', dryRun);
    }
    return 0;
  },
};

/** What looks like JSON goes to the server as it is. */
function patchOf(text: string): unknown {
  if (text.trimStart().startsWith('{') || text.trimStart().startsWith('[')) return text;
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: ${error.message}`);
  }
}

/** A subresource answers with a kind of its own: `scale.autoscaling`. */
function resourceOf({ apiVersion = '', kind = '' }: AnyObject, resource: Resource): Resource {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return kind === resource.kind ? resource : { ...resource, group, kind, singular: kind.toLowerCase() };
}
