import type { Json } from '../../api/json.ts';
import type { Column } from '../../api/kind.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { WatchEvent } from '../registry/object-watch.ts';
import type { Form } from './media-types.ts';

/** What a table's row carries of its object (`includeObject=`). */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** What is told of a list beside its items. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** metav1.Table, as `kubectl get` prints it. */
function tableOf(
  kind: AnyKind,
  objects: readonly KubeObject[],
  meta: object,
  include: IncludeObject,
  now: number,
): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: meta,
    columnDefinitions: kind.columns.map(columnDefinition),
    rows: objects.map((object) => rowOf(kind, object, include, now)),
  };
}

function columnDefinition({ name, type, isWide }: Column): object {
  return { name, type, format: name === 'Name' ? 'name' : '', description: '', priority: isWide ? 1 : 0 };
}

function rowOf(kind: AnyKind, object: KubeObject, include: IncludeObject, now: number): object {
  const cells: readonly Json[] = kind.row(object, now);
  const conditions = kind.kind === 'Pod' ? rowConditions(object as Pod) : undefined;
  const shown = include === 'None' ? undefined : include === 'Object' ? object : partialMetadata(object);
  return { cells, ...(conditions && { conditions }), ...(shown && { object: shown }) };
}

/** A Pod that ended is marked, so that a client may leave it out. */
function rowConditions({ status }: Pod): readonly object[] | undefined {
  if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return undefined;
  const message = status.phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return [{ type: 'Completed', status: 'True', reason: status.phase, message }];
}

/** metav1.PartialObjectMetadata */
function partialMetadata({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** One object in the form that was asked for. */
export function formOfObject(
  kind: AnyKind,
  object: KubeObject,
  form: Form,
  include: IncludeObject,
  now: number,
): object {
  if (form === 'table')
    return tableOf(kind, [object], { resourceVersion: object.metadata.resourceVersion }, include, now);
  return form === 'object' ? object : partialMetadata(object);
}

/** A list in the form that was asked for. */
export function formOfList(
  kind: AnyKind,
  items: readonly KubeObject[],
  meta: ListMeta,
  form: Form,
  include: IncludeObject,
  now: number,
): object {
  if (form === 'table') return tableOf(kind, items, meta, include, now);
  if (form !== 'object') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: meta,
      items: items.map(partialMetadata),
    };
  }
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind.group, kind.version), metadata: meta, items };
}

/** Events of a watch in the form that was asked for; the columns of a table come with the first alone. */
export function watchFormer(
  kind: AnyKind,
  form: Form,
  include: IncludeObject,
  now: () => number,
): (event: WatchEvent) => object {
  if (form === 'object') return (event) => event;
  let isFirst = true;
  return (event) => {
    if (event.type === 'ERROR') return event;
    const object = event.object as KubeObject;
    if (form !== 'table')
      return event.type === 'BOOKMARK' ? event : { type: event.type, object: partialMetadata(object) };
    const rows = event.type === 'BOOKMARK' ? [] : [object];
    const meta = {
      resourceVersion: object.metadata.resourceVersion,
      ...(event.type === 'BOOKMARK' && annotationsOf(object)),
    };
    const table = tableOf(kind, rows, meta, include, now());
    const sent = isFirst ? table : { ...table, columnDefinitions: null };
    isFirst = false;
    return { type: event.type, object: sent };
  };
}

function annotationsOf({ metadata }: KubeObject): object {
  return metadata.annotations ? { annotations: metadata.annotations } : {};
}
