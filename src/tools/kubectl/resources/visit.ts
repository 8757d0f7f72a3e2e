import type { Routine } from '#kernel/coroutine.ts';
import type { FlagValues } from '../command/flags.ts';
import { pathOf, type Resource } from '../connection/discovery.ts';
import type { Session } from '../connection/session.ts';
import type { Selection } from './builder.ts';
import type { AnyObject } from './object.ts';

/** An object that is to be worked on. */
export interface Target {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string | undefined;
  /** As it was found; missing for what was only named. */
  readonly object?: AnyObject;
  /** The file that named it, as errors show it. */
  readonly source?: string;
}

/** What selections stand for: those without a name for every object that the selectors leave. @throws ApiError */
export function* targetsOf(
  session: Session,
  wanted: readonly Selection[],
  flags: FlagValues,
): Routine<readonly Target[]> {
  const targets: Target[] = [];
  for (const { resource, name, namespace, manifest } of wanted) {
    if (name !== undefined) targets.push({ resource, name, namespace, ...(manifest && { source: manifest.source }) });
    else {
      const list = yield* session.json<{ readonly items: readonly AnyObject[] }>({
        path: pathOf(resource, namespace),
        query: {
          ...(flags.string('selector') !== '' && { labelSelector: flags.string('selector') }),
          ...(flags.string('field-selector') !== '' && { fieldSelector: flags.string('field-selector') }),
        },
      });
      for (const item of list.items) {
        const { name: own = '', namespace: place } = item.metadata ?? {};
        const object = {
          apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
          kind: resource.kind,
          ...item,
        };
        targets.push({
          resource,
          name: own,
          namespace: resource.isNamespaced ? (place ?? namespace) : undefined,
          object,
        });
      }
    }
  }
  return targets;
}

/** The object of a target, asked for unless it is known. @throws ApiError */
export function* objectOf(session: Session, { resource, name, namespace, object }: Target): Routine<AnyObject> {
  return object ?? (yield* session.json<AnyObject>({ path: pathOf(resource, namespace, name) }));
}

/** `deployment.apps`, `pod`: as kubectl says what it did to something. */
export function kindName({ group, kind }: Resource): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}
