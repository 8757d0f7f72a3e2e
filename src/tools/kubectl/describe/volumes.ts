import type { Description } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Volume = { readonly name: string } & Readonly<Record<string, Fields | string>>;

/** What kubectl says of each source of a volume. */
const SOURCES: Readonly<Record<string, (source: Fields) => readonly (readonly [label: string, value: unknown])[]>> = {
  hostPath: ({ path, type }) => [
    ['Type', 'HostPath (bare host directory volume)'],
    ['Path', path],
    ['HostPathType', type ?? ''],
  ],
  emptyDir: ({ medium, sizeLimit }) => [
    ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
    ['Medium', medium ?? ''],
    ['SizeLimit', sizeLimit ?? '<unset>'],
  ],
  secret: ({ secretName, optional }) => [
    ['Type', 'Secret (a volume populated by a Secret)'],
    ['SecretName', secretName],
    ['Optional', optional ?? false],
  ],
  configMap: ({ name, optional }) => [
    ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
    ['Name', name],
    ['Optional', optional ?? false],
  ],
  persistentVolumeClaim: ({ claimName, readOnly }) => [
    ['Type', 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)'],
    ['ClaimName', claimName],
    ['ReadOnly', readOnly ?? false],
  ],
};

export function volumes(out: Description, all: readonly Volume[] = [], isTemplate = false): void {
  const space = isTemplate ? '  ' : '';
  if (all.length === 0) {
    out.line(0, `${space}Volumes:\t<none>`);
    return;
  }
  out.line(0, `${space}Volumes:`);
  for (const volume of all) {
    out.line(1, `${isTemplate ? ' ' : ''}${volume.name}:`);
    const kind = Object.keys(volume).find((key) => key !== 'name') ?? '';
    const source = (volume[kind] ?? {}) as Fields;
    if (kind === 'projected') projected(out, source);
    else if (kind === 'downwardAPI') downward(out, source);
    else {
      const lines = SOURCES[kind]?.(source);
      if (!lines) out.line(2, '<unknown>');
      for (const [label, value] of lines ?? []) out.line(2, `${label}:\t${value}`);
    }
  }
}

interface Item {
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
}

function downward(out: Description, source: Fields): void {
  out.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
  out.line(2, 'Items:');
  for (const { path, fieldRef } of (source['items'] ?? []) as readonly Item[])
    if (fieldRef) out.line(3, `${fieldRef.fieldPath} -> ${path}`);
}

interface Source {
  readonly secret?: Fields;
  readonly configMap?: Fields;
  readonly downwardAPI?: Fields;
  readonly serviceAccountToken?: Fields;
}

function projected(out: Description, { sources = [] }: Fields): void {
  out.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
  for (const { secret, configMap, downwardAPI, serviceAccountToken } of sources as readonly Source[]) {
    if (secret) {
      out.line(2, `SecretName:\t${secret['name']}`);
      out.line(2, `Optional:\t${secret['optional'] ?? false}`);
    } else if (downwardAPI) out.line(2, 'DownwardAPI:\ttrue');
    else if (configMap) {
      out.line(2, `ConfigMapName:\t${configMap['name']}`);
      out.line(2, `Optional:\t${configMap['optional'] ?? false}`);
    } else if (serviceAccountToken) out.line(2, `TokenExpirationSeconds:\t${serviceAccountToken['expirationSeconds']}`);
  }
}
