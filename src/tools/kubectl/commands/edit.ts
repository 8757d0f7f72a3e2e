import type { Routine } from '#kernel/coroutine.ts';
import { lookUp } from '#machine/command-path.ts';
import { FsError } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import type { JsonObject } from '../../../cluster/api/json.ts';
import { ApiError } from '../../../cluster/api/status.ts';
import { definitionName } from '../apply/last-applied.ts';
import { threeWayPatch } from '../apply/three-way-patch.ts';
import type { Command } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import { flag } from '../command/flags.ts';
import { CHANGE_FLAGS, FILE_FLAGS, OUTPUT_FLAGS } from '../command/shared-flags.ts';
import { resourceName } from '../connection/discovery.ts';
import { toYaml } from '../printers/yaml.ts';
import { selections } from '../resources/builder.ts';
import { patch, patchTypeOf, report } from '../resources/change.ts';
import { parseManifests } from '../resources/manifest.ts';
import type { AnyObject } from '../resources/object.ts';
import { objectOf, targetsOf } from '../resources/visit.ts';

const HEAD =
  '# Lines that begin with a # are left out. An empty file gives the edit up. What the\n# server refuses is opened again, with its reasons.\n#\n';

export const edit: Command = {
  name: 'edit',
  summary: 'Edit a resource of the server in an editor',
  usage: '(TYPE NAME | TYPE/NAME)',
  flags: [
    ...FILE_FLAGS,
    ...CHANGE_FLAGS,
    ...OUTPUT_FLAGS,
    flag('subresource', 'string'),
    flag('windows-line-endings', 'bool'),
    flag('output-patch', 'bool', { missing: '' }),
  ],
  *run(invocation) {
    const { args, flags, session, error, process } = invocation;
    for (const target of yield* targetsOf(session, yield* selections(session, args, flags), flags)) {
      const before = withoutFields(yield* objectOf(session, target));
      const original = toYaml(before);
      const path = `/tmp/kubectl-edit-${process.kernel.random.int(1_000_000_000)}.yaml`;
      let text = HEAD + original;
      let complaint: string | undefined;
      for (;;) {
        process.files.writeText(path, text, { mode: 0o600 });
        yield* runEditor(process, path);
        const edited = process.files.readText(path);
        const body = stripped(edited);
        if (complaint !== undefined && body === stripped(text)) {
          throw new CommandError(
            `A copy of your changes has been stored to "${path}"\nerror: Edit cancelled, no valid changes were saved.\n`,
            { isWhole: true },
          );
        }
        if (body.trim() === '')
          throw new CommandError('Edit cancelled, saved file was empty.\n', { isWhole: true, status: 0 });
        if (body === original) {
          process.files.unlink(path);
          error('Edit cancelled, no changes made.\n');
          break;
        }
        try {
          const [manifest] = parseManifests(body, 'edited file');
          if (!manifest) throw new CommandError('Edit cancelled, saved file was empty.\n', { isWhole: true });
          const type = patchTypeOf(target.resource);
          const change = threeWayPatch(type === 'strategic-merge' ? definitionName(target.resource) : undefined, {
            original: before as JsonObject,
            modified: manifest.object as JsonObject,
            current: before as JsonObject,
          });
          const after = yield* patch(invocation, target, change, type, {
            subresource: flags.string('subresource'),
            manager: 'kubectl-edit',
          });
          process.files.unlink(path);
          report(invocation, target.resource, after, 'edited', 'none');
          break;
        } catch (failure) {
          if (!(failure instanceof ApiError) && !(failure instanceof CommandError)) throw failure;
          complaint = reasons(failure, resourceName(target.resource), target.name);
          error(`error: ${resourceName(target.resource)} "${target.name}" is invalid\n`);
          text = `${HEAD}${complaint}#\n${body}`;
        }
      }
    }
    return 0;
  },
};

/** What nobody edits. */
function withoutFields(object: AnyObject): AnyObject {
  const { managedFields: _left, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

function stripped(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

function reasons(failure: Error, resource: string, name: string): string {
  const causes = failure instanceof ApiError ? (failure.status.details?.causes ?? []) : [];
  const lines =
    causes.length > 0
      ? causes.map(({ field = '', message = '' }) => `* ${field}: ${message}`)
      : [`* ${failure.message}`];
  return `# ${resource} "${name}" was not valid:\n${lines.map((line) => `# ${line}\n`).join('')}`;
}

/** KUBE_EDITOR, EDITOR, or vi. @throws CommandError when it fails */
function* runEditor(process: ProcessContext, path: string): Routine<void> {
  const editor = process.env['KUBE_EDITOR'] || process.env['EDITOR'] || 'vi';
  const needsShell = /[\s"'\\]/.test(editor);
  const argv = needsShell ? ['/bin/bash', '-c', `${editor} ${JSON.stringify(path)}`] : [editor, path];
  try {
    const child = process.spawn(lookUp(process.files, argv[0] ?? '', process.env['PATH'] ?? ''), { argv });
    const status = yield* child.wait();
    if (status !== 0) throw new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`);
  } catch (failure) {
    if (!(failure instanceof FsError)) throw failure;
    throw new CommandError(`unable to launch the editor ${JSON.stringify(editor)}`);
  }
}
