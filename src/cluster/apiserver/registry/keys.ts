import type { AnyKind } from '../../api/kinds/kinds.ts';

/** `--etcd-prefix` of the API server. */
const PREFIX = '/registry';

/** The key of an object, as `/registry/pods/default/web` and `/registry/minions/w1`. */
export function objectKey(kind: AnyKind, namespace: string | undefined, name: string): string {
  return `${prefixKey(kind, namespace)}${name}`;
}

/** What the keys of a kind begin with, of one namespace or of all. */
export function prefixKey(kind: AnyKind, namespace: string | undefined): string {
  const base = `${PREFIX}/${kind.storagePath}/`;
  return kind.isNamespaced && namespace ? `${base}${namespace}/` : base;
}
