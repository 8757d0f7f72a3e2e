import { type FieldError, invalidValue, notSupported, required } from '../../field-error.ts';
import { AGE, column, type Kind, NAME, usual } from '../../kind.ts';
import { labelValue, qualifiedName, subdomain1123 } from '../../names.ts';
import { ageOf } from '../../time.ts';
import type { Node } from '../../types/core.ts';

const ROLE = 'node-role.kubernetes.io/';

/** pkg/registry/core/node */
export const node: Kind<Node> = {
  ...usual,
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  isNamespaced: false,
  storagePath: 'minions',
  definition: 'core.v1.Node',
  checkName: subdomain1123,
  hasStatus: true,
  complete: (object) => ({ ...object, spec: object.spec ?? {}, status: object.status ?? {} }),
  prepareUpdate: (next, before, scope) =>
    scope === 'status' ? { ...next, spec: before.spec } : { ...next, status: before.status },
  validate: validateTaints,
  validateUpdate: (next, before) =>
    before.spec.podCIDR && next.spec.podCIDR !== before.spec.podCIDR
      ? [
          {
            type: 'FieldValueForbidden',
            field: 'spec',
            detail:
              'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)',
          },
        ]
      : [],
  selectable: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: [
    NAME,
    column('Status'),
    column('Roles'),
    AGE,
    column('Version'),
    column('Internal-IP', 'wide'),
    column('External-IP', 'wide'),
    column('OS-Image', 'wide'),
    column('Kernel-Version', 'wide'),
    column('Container-Runtime', 'wide'),
  ],
  row: (object, now) => {
    const info = object.status.nodeInfo ?? {};
    const arch = info['architecture'] ? ` (${info['architecture']})` : '';
    return [
      object.metadata.name,
      statusOf(object),
      rolesOf(object) || '<none>',
      ageOf(object.metadata.creationTimestamp, now),
      info['kubeletVersion'] ?? '',
      addressOf(object, 'InternalIP'),
      addressOf(object, 'ExternalIP'),
      info['osImage'] || '<unknown>',
      `${info['kernelVersion'] || '<unknown>'}${arch}`,
      info['containerRuntimeVersion'] || '<unknown>',
    ];
  },
};

function statusOf({ spec, status }: Node): string {
  const ready = status.conditions?.find((condition) => condition.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE)) return key.slice(ROLE.length) || [];
    return key === 'kubernetes.io/role' && value ? [value] : [];
  });
  return [...new Set(roles)].sort().join(',');
}

function addressOf({ status }: Node, type: string): string {
  return status.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

/** pkg/apis/core/validation.ValidateTaints */
function validateTaints({ spec }: Node): FieldError[] {
  const seen = new Set<string>();
  return (spec.taints ?? []).flatMap((taint, index) => {
    const at = `spec.taints[${index}]`;
    const errors = qualifiedName(taint.key).map((message) => invalidValue(`${at}.key`, taint.key, message));
    errors.push(...labelValue(taint.value ?? '').map((message) => invalidValue(`${at}.value`, taint.value, message)));
    if (!taint.effect) errors.push(required(`${at}.effect`));
    else if (!['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(taint.effect)) {
      errors.push(notSupported(`${at}.effect`, taint.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
    }
    const id = `${taint.key}:${taint.effect}`;
    if (seen.has(id))
      errors.push({
        type: 'FieldValueDuplicate',
        field: at,
        value: taint,
        detail: 'taints must be unique by key and effect pair',
      });
    seen.add(id);
    return errors;
  });
}
