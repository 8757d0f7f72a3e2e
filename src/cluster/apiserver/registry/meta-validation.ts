import { type FieldError, forbiddenValue, invalidValue, required } from '../../api/field-error.ts';
import { isEqual } from '../../api/json.ts';
import type { AnyKind } from '../../api/kinds/kinds.ts';
import { label1123, qualifiedName } from '../../api/names.ts';
import type { KubeObject, Labels } from '../../api/object.ts';
import { checkLabels } from '../../api/selectors/labels.ts';

/** Bytes of all annotations of an object. */
const MAX_ANNOTATIONS = 256 * 1024;

/** apimachinery, pkg/api/validation.ValidateObjectMeta */
export function checkMeta(kind: AnyKind, { metadata }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const { name, namespace, generateName } = metadata;
  if (generateName) {
    // A name is made of it by adding five letters: a hyphen at its end is no fault.
    const tried = generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    errors.push(
      ...kind.checkName(tried).map((message) => invalidValue('metadata.generateName', generateName, message)),
    );
  }
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...kind.checkName(name).map((message) => invalidValue('metadata.name', name, message)));
  if (kind.isNamespaced) {
    if (!namespace) errors.push(required('metadata.namespace'));
    else errors.push(...label1123(namespace).map((message) => invalidValue('metadata.namespace', namespace, message)));
  } else if (namespace) errors.push(forbiddenValue('metadata.namespace', 'not allowed on this type'));
  return [
    ...errors,
    ...checkLabels(metadata.labels, 'metadata.labels'),
    ...checkAnnotations(metadata.annotations),
    ...checkOwners(metadata.ownerReferences ?? []),
    ...(metadata.finalizers ?? []).flatMap((finalizer) =>
      qualifiedName(finalizer).map((message) => invalidValue('metadata.finalizers', finalizer, message)),
    ),
  ];
}

function checkAnnotations(annotations: Labels | undefined): FieldError[] {
  const errors = Object.keys(annotations ?? {}).flatMap((key) =>
    qualifiedName(key.toLowerCase()).map((message) => invalidValue('metadata.annotations', key, message)),
  );
  const size = Object.entries(annotations ?? {}).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > MAX_ANNOTATIONS) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      detail: `may not be more than ${MAX_ANNOTATIONS} bytes`,
    });
  }
  return errors;
}

function checkOwners(owners: NonNullable<KubeObject['metadata']['ownerReferences']>): FieldError[] {
  const errors = owners.flatMap((owner, index) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((member) => !owner[member])
      .map((member) => {
        const detail = member === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
        return invalidValue(`metadata.ownerReferences.${member}`, owner[member] ?? '', detail);
      })
      .map((error) => ({ ...error, field: error.field.replace('ownerReferences', `ownerReferences[${index}]`) })),
  );
  const controllers = owners.filter((owner) => owner.controller);
  if (controllers.length > 1) {
    const [first, second] = controllers.map((owner) => `${owner.kind}/${owner.name}`);
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`;
    errors.push(invalidValue('metadata.ownerReferences', owners, detail));
  }
  return errors;
}

/** apimachinery, pkg/api/validation.ValidateObjectMetaUpdate */
export function checkMetaUpdate(next: KubeObject, before: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const member of ['name', 'namespace'] as const) {
    if (!isEqual(next.metadata[member], before.metadata[member])) {
      errors.push(invalidValue(`metadata.${member}`, next.metadata[member] ?? '', 'field is immutable'));
    }
  }
  if (before.metadata.deletionTimestamp) {
    const added = (next.metadata.finalizers ?? []).filter(
      (finalizer) => !before.metadata.finalizers?.includes(finalizer),
    );
    if (added.length > 0) {
      const list = `[]string{${[...added]
        .sort()
        .map((name) => JSON.stringify(name))
        .join(', ')}}`;
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      errors.push(forbiddenValue('metadata.finalizers', detail));
    }
  }
  return errors;
}
