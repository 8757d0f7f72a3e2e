import type { Service } from '../../../api/types/core.ts';
import type { Container, EnvVar, Pod } from '../../../api/types/pod.ts';
import { fromBase64 } from '../base64.ts';
import { isStatic } from '../pods/pod-source.ts';
import type { ObjectCache } from '../volumes/object-cache.ts';
import { type DownwardSources, fieldValue, resourceValue } from './field-values.ts';
import { serviceVariables, type Variable } from './service-variables.ts';

export interface EnvironmentSources extends DownwardSources {
  readonly objects: ObjectCache;
  /** All there are; undefined before they were listed for the first time. */
  readonly services: readonly Service[] | undefined;
}

/**
 * The environment of a container: its own variables in their order, those of envFrom, those of Services; the first of a name counts
 * (kubelet_pods.makeEnvironmentVariables).
 *
 * @throws Error with the words of the container's waiting state
 */
export function environmentOf(pod: Pod, container: Container, sources: EnvironmentSources): readonly Variable[] {
  if (!sources.services && !isStatic(pod))
    throw new Error('services have not yet been read at least once, cannot construct envvars');
  const services = new Map(serviceVariables(pod, sources.services ?? []));
  const known = new Map(
    (container.envFrom ?? []).flatMap((source) =>
      envFrom(pod, source, sources).map(([key, value]): Variable => [`${source.prefix ?? ''}${key}`, value]),
    ),
  );
  const own = new Map<string, string>();
  for (const variable of container.env ?? []) {
    const value = variable.value
      ? expandReferences(variable.value, (name) => known.get(name) ?? services.get(name))
      : variable.valueFrom
        ? valueFrom(pod, container, variable.valueFrom, sources)
        : '';
    if (value === undefined) continue;
    own.set(variable.name, value);
    known.set(variable.name, value);
  }
  return [...new Map([...own, ...known, ...[...services].filter(([name]) => !known.has(name))])];
}

/** `$(NAME)` of what is known; `$$` is a dollar (third_party/forked/golang/expansion). */
export function expandReferences(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (lookUp(name) ?? whole),
  );
}

function envFrom(
  pod: Pod,
  { configMapRef, secretRef }: NonNullable<Container['envFrom']>[number],
  { objects }: EnvironmentSources,
): readonly Variable[] {
  const { namespace = '' } = pod.metadata;
  if (configMapRef) {
    const found = objects.configMap(namespace, configMapRef.name ?? '', configMapRef.optional);
    return Object.entries(found?.data ?? {});
  }
  if (!secretRef) return [];
  const found = objects.secret(namespace, secretRef.name ?? '', secretRef.optional);
  return Object.entries(found?.data ?? {}).map(([key, value]): Variable => [key, fromBase64(value)]);
}

/** Undefined for what is optional and is not there. */
function valueFrom(
  pod: Pod,
  container: Container,
  { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef }: NonNullable<EnvVar['valueFrom']>,
  sources: EnvironmentSources,
): string | undefined {
  const { namespace = '' } = pod.metadata;
  if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, sources);
  if (resourceFieldRef) return resourceValue(pod, container, resourceFieldRef, sources);
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef;
    const found = sources.objects.configMap(namespace, name, optional);
    const value = found?.data?.[key];
    if (value === undefined && !optional) throw new Error(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return value;
  }
  if (!secretKeyRef) return '';
  const { name = '', key, optional } = secretKeyRef;
  const found = sources.objects.secret(namespace, name, optional);
  const value = found?.data?.[key];
  if (value === undefined && !optional) throw new Error(`couldn't find key ${key} in Secret ${namespace}/${name}`);
  return value === undefined ? undefined : fromBase64(value);
}
