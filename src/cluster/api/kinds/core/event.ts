import { type FieldError, invalidValue } from '../../field-error.ts';
import { column, type Kind, NAME, usual } from '../../kind.ts';
import { subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Event } from '../../types/core.ts';

/** pkg/registry/core/event */
export const event: Kind<Event> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  storagePath: 'events',
  definition: 'core.v1.Event',
  checkName: subdomain1123,
  complete: (object) => ({
    ...object,
    source: object.source ?? {},
    firstTimestamp: object.firstTimestamp ?? null,
    lastTimestamp: object.lastTimestamp ?? null,
    eventTime: object.eventTime ?? null,
    reportingComponent: object.reportingComponent ?? '',
    reportingInstance: object.reportingInstance ?? '',
  }),
  validate: validateEvent,
  selectable: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent,
    source: ({ source, reportingComponent }) => source?.component || reportingComponent,
    type: ({ type }) => type ?? '',
  },
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    column('Subobject', 'wide'),
    column('Source', 'wide'),
    column('Message'),
    column('First Seen', 'wide'),
    column('Count', 'wide'),
    { ...NAME, isWide: true },
  ],
  row: (object, now) => {
    const { involvedObject, series } = object;
    const first = ageOf(object.firstTimestamp ?? object.eventTime, now);
    const last = series
      ? ageOf(series.lastObservedTime, now)
      : object.lastTimestamp
        ? ageOf(object.lastTimestamp, now)
        : first;
    const kind = involvedObject.kind?.toLowerCase() ?? '';
    return [
      last,
      object.type ?? '',
      object.reason ?? '',
      involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
      involvedObject.fieldPath ?? '',
      sourceCell(object),
      (object.message ?? '').trim(),
      first,
      series?.count ?? (object.count || 1),
      object.metadata.name,
    ];
  },
};

function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent;
  const host = source?.host || reportingInstance;
  return host ? `${component}, ${host}` : component;
}

/** pkg/apis/core/validation.legacyValidateEvent */
function validateEvent({ metadata, involvedObject }: Event): FieldError[] {
  const wanted = involvedObject.namespace || 'default';
  if (metadata.namespace === wanted) return [];
  return [invalidValue('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace')];
}
