import type { Routine } from '#kernel/coroutine.ts';
import type { Query } from '#machine/http.ts';
import { withLastApplied } from '../apply/last-applied.ts';
import type { Invocation } from '../command/command.ts';
import { CommandError } from '../command/errors.ts';
import type { FlagValues } from '../command/flags.ts';
import { objectName, pathOf, type Resource } from '../connection/discovery.ts';
import { objectPrinter } from '../printers/output.ts';
import type { AnyObject } from './object.ts';

/** Whether a change is made, or only shown. */
export type DryRun = 'none' | 'client' | 'server';

/** @throws CommandError */
export function dryRunOf(flags: FlagValues, error: (text: string) => void): DryRun {
  const value = flags.string('dry-run');
  if (value === 'unchanged' || value === '') {
    if (flags.has('dry-run')) error('Warning: --dry-run is deprecated and can be replaced with --dry-run=client.\n');
    return flags.has('dry-run') ? 'client' : 'none';
  }
  if (value === 'none' || value === 'client' || value === 'server') return value;
  throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** Says, or shows by `-o`, what was done to an object: `deployment.apps/web created`. */
export function report(
  invocation: Invocation,
  resource: Resource,
  object: AnyObject,
  operation: string,
  dryRun: DryRun,
): void {
  const { flags, out, process } = invocation;
  const output = flags.string('output');
  if (output !== '') {
    const printer = objectPrinter({
      process,
      output,
      template: flags.string('template'),
      showsManagedFields: flags.bool('show-managed-fields'),
    });
    if (printer) out(printer.print(object, output === 'name' ? { ...resource, singular: '' } : resource));
    return;
  }
  const note = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
  out(`${objectName({ ...resource, singular: '' }, object.metadata?.name ?? '')} ${operation}${note}\n`);
}

/** Parameters of a request that changes something. */
export function changeQuery(flags: FlagValues, dryRun: DryRun, manager: string): Query {
  return {
    fieldManager: flags.string('field-manager') || manager,
    ...(dryRun === 'server' && { dryRun: 'All' }),
    fieldValidation: validationOf(flags),
  };
}

function validationOf(flags: FlagValues): string {
  const value = flags.string('validate').toLowerCase();
  if (value === 'true' || value === 'strict') return 'Strict';
  return value === 'false' || value === 'ignore' ? 'Ignore' : value === 'warn' ? 'Warn' : 'Strict';
}

/** Creates an object, or only shows it. @returns as the server has it */
export function* create(
  invocation: Invocation,
  resource: Resource,
  object: AnyObject,
  manager: string,
): Routine<AnyObject> {
  const { flags, session, error } = invocation;
  const dryRun = dryRunOf(flags, error);
  const namespace = resource.isNamespaced ? (object.metadata?.namespace ?? session.namespace) : undefined;
  const wanted = flags.bool('save-config') ? withLastApplied(object, namespace) : object;
  if (dryRun === 'client') return withNamespace(wanted, invocation, namespace);
  return yield* session.json<AnyObject>({
    method: 'POST',
    path: pathOf(resource, namespace),
    query: changeQuery(flags, dryRun, manager),
    body: wanted,
  });
}

/** Shown objects name their namespace where somebody named one. */
function withNamespace(object: AnyObject, { session }: Invocation, namespace: string | undefined): AnyObject {
  if (namespace === undefined || !session.isNamespaceGiven) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Sends a patch. @param type of its media type, before `-patch+json` */
export function* patch(
  invocation: Invocation,
  {
    resource,
    namespace,
    name,
  }: { readonly resource: Resource; readonly namespace: string | undefined; readonly name: string },
  body: unknown,
  type: 'strategic-merge' | 'merge' | 'json',
  { subresource = '', manager = 'kubectl-patch', dryRun = 'none' as DryRun } = {},
): Routine<AnyObject> {
  return yield* invocation.session.json<AnyObject>({
    method: 'PATCH',
    path: pathOf(resource, namespace, name) + (subresource === '' ? '' : `/${subresource}`),
    query: { fieldManager: manager, ...(dryRun === 'server' && { dryRun: 'All' }) },
    headers: { 'content-type': `application/${type}-patch+json` },
    body,
  });
}

/** Server-side conversion knows strategic merge for built-in kinds alone. */
export function patchTypeOf({ group }: Resource): 'strategic-merge' | 'merge' {
  const isBuiltIn = !group.includes('.') || group.endsWith('.k8s.io');
  return isBuiltIn && !group.endsWith('projectcalico.org') ? 'strategic-merge' : 'merge';
}
