import { decodeBase64 } from '#x509/base64.ts';
import { pathOf } from '../connection/discovery.ts';
import type { AnyObject } from '../resources/object.ts';
import type { Describer } from './describer.ts';
import { annotations, labels, pairsOf } from './metadata.ts';
import { type Description, orUnset } from './text.ts';

function head(out: Description, object: AnyObject): void {
  out.line(0, `Name:\t${object.metadata?.name}`);
  if (object.metadata?.namespace !== undefined) out.line(0, `Namespace:\t${object.metadata.namespace}`);
  labels(out, object);
  annotations(out, object);
}

interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly ipFamilyPolicy?: string;
  readonly ipFamilies?: readonly string[];
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly externalName?: string;
  readonly externalIPs?: readonly string[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort?: string | number;
    readonly nodePort?: number;
    readonly protocol?: string;
  }[];
  readonly sessionAffinity?: string;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly loadBalancerIP?: string;
}

interface Slice extends AnyObject {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

export const describeService: Describer = {
  *related(session, service) {
    const slices = yield* session.discovery.find('endpointslices');
    const { items } = yield* session.json<{ readonly items: readonly AnyObject[] }>({
      path: pathOf(slices, service.metadata?.namespace),
      query: { labelSelector: `kubernetes.io/service-name=${service.metadata?.name}` },
    });
    return { slices: items };
  },
  describe(out, service, { related }) {
    const spec = (service['spec'] ?? {}) as ServiceSpec;
    head(out, service);
    out.line(0, `Selector:\t${pairsOf(spec.selector).join(',') || '<none>'}`);
    out.line(0, `Type:\t${spec.type}`);
    if (spec.ipFamilyPolicy) out.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
    out.line(0, spec.ipFamilies ? `IP Families:\t${spec.ipFamilies.join(',')}` : 'IP Families:\t<none>');
    out.line(0, `IP:\t${spec.clusterIP ?? ''}`);
    out.line(0, spec.clusterIPs && spec.clusterIPs.length > 0 ? `IPs:\t${spec.clusterIPs.join(',')}` : 'IPs:\t<none>');
    if (spec.externalIPs && spec.externalIPs.length > 0) out.line(0, `External IPs:\t${spec.externalIPs.join(',')}`);
    if (spec.externalName) out.line(0, `External Name:\t${spec.externalName}`);
    for (const { name, port, targetPort = '', nodePort, protocol = 'TCP' } of spec.ports ?? []) {
      out.line(0, `Port:\t${name ?? '<unset>'}\t${port}/${protocol}`);
      out.line(0, `TargetPort:\t${targetPort}/${protocol}`);
      if (nodePort) out.line(0, `NodePort:\t${name ?? '<unset>'}\t${nodePort}/${protocol}`);
      out.line(0, `Endpoints:\t${endpointsOf((related['slices'] ?? []) as readonly Slice[], name ?? '')}`);
    }
    out.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`);
    if (spec.externalTrafficPolicy) out.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
    if (spec.internalTrafficPolicy) out.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  },
};

const MOST_SHOWN = 3;

function endpointsOf(slices: readonly Slice[], port: string): string {
  const all = slices.flatMap(({ endpoints = [], ports = [] }) =>
    ports
      .filter(({ name = '' }) => name === port)
      .flatMap((own) =>
        endpoints
          .filter(({ conditions }) => conditions?.ready !== false)
          .flatMap(({ addresses }) => addresses.map((address) => `${address}:${own.port}`)),
      ),
  );
  const more = all.length - MOST_SHOWN;
  return `${all.slice(0, MOST_SHOWN).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}

export const describeConfigMap: Describer = {
  describe(out, configMap) {
    head(out, configMap);
    out.line(0, '\nData\n====');
    const data = (configMap['data'] ?? {}) as Readonly<Record<string, string>>;
    for (const key of Object.keys(data).sort()) out.line(0, `${key}:\n----\n${data[key]}\n`);
    out.line(0, '\nBinaryData\n====');
    const binary = (configMap['binaryData'] ?? {}) as Readonly<Record<string, string>>;
    for (const key of Object.keys(binary).sort())
      out.line(0, `${key}: ${decodeBase64(binary[key] ?? '').length} bytes`);
    out.line(0, '');
  },
};

export const describeSecret: Describer = {
  hasNoEvents: true,
  describe(out, secret) {
    head(out, secret);
    out.line(0, `\nType:\t${String(secret['type'] ?? '')}`);
    out.line(0, '\nData\n====');
    const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>;
    const isToken = secret['type'] === 'kubernetes.io/service-account-token';
    for (const key of Object.keys(data).sort()) {
      const bytes = decodeBase64(data[key] ?? '');
      out.line(
        0,
        isToken && key === 'token' ? `${key}:\t${String.fromCharCode(...bytes)}` : `${key}:\t${bytes.length} bytes`,
      );
    }
  },
};

export const describeNamespace: Describer = {
  hasNoEvents: true,
  describe(out, namespace) {
    out.line(0, `Name:\t${namespace.metadata?.name}`);
    labels(out, namespace);
    annotations(out, namespace);
    out.line(0, `Status:\t${(namespace['status'] as { readonly phase?: string } | undefined)?.phase ?? ''}`);
    out.line(0, '\nNo resource quota.');
    out.line(0, '\nNo LimitRange resource.');
  },
};

export const describeServiceAccount: Describer = {
  describe(out, account) {
    head(out, account);
    const secrets = (account['imagePullSecrets'] ?? []) as readonly { readonly name: string }[];
    out.list(
      0,
      'Image pull secrets',
      secrets.map(({ name }) => name),
    );
  },
};

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean };
  readonly hostname?: string;
  readonly targetRef?: { readonly kind: string; readonly name: string };
  readonly nodeName?: string;
  readonly zone?: string;
}

export const describeEndpointSlice: Describer = {
  describe(out, slice) {
    head(out, slice);
    out.line(0, `AddressType:\t${String(slice['addressType'])}`);
    const ports = (slice['ports'] ?? []) as readonly {
      readonly name?: string;
      readonly port?: number;
      readonly protocol?: string;
    }[];
    if (ports.length === 0) out.line(0, 'Ports: <unset>');
    else {
      out.line(0, 'Ports:\n  Name\tPort\tProtocol');
      out.line(1, '----\t----\t--------');
      for (const { name, port, protocol } of ports)
        out.line(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`);
    }
    const endpoints = (slice['endpoints'] ?? []) as readonly Endpoint[];
    out.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:');
    for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
      out.line(1, `- Addresses:\t${addresses.join(',')}`);
      out.line(2, 'Conditions:');
      out.line(3, `Ready:\t${orUnset(conditions?.ready)}`);
      out.line(2, `Hostname:\t${orUnset(hostname)}`);
      if (targetRef) out.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`);
      out.line(2, `NodeName:\t${orUnset(nodeName)}`);
      out.line(2, `Zone:\t${orUnset(zone)}`);
    }
  },
};

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Each resource of each rule in a line of its own; lines that say the same of a resource are one. */
export const describeRole: Describer = {
  hasNoEvents: true,
  describe(out, role) {
    out.line(0, `Name:\t${role.metadata?.name}`);
    labels(out, role);
    annotations(out, role);
    out.line(0, 'PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs');
    out.line(1, '---------\t-----------------\t--------------\t-----');
    const rows = ((role['rules'] ?? []) as readonly Rule[]).flatMap(
      ({ verbs, apiGroups = [''], resources = [], resourceNames = [], nonResourceURLs = [] }) => [
        ...resources.flatMap((resource) =>
          apiGroups.map((group) => ({
            what: group === '' ? resource : `${resource}.${group}`,
            urls: [] as readonly string[],
            names: resourceNames,
            verbs,
          })),
        ),
        ...(nonResourceURLs.length > 0
          ? nonResourceURLs.map((url) => ({ what: '', urls: [url] as readonly string[], names: resourceNames, verbs }))
          : []),
      ],
    );
    const merged = new Map<string, (typeof rows)[number]>();
    for (const row of rows) {
      const key = `${row.what}\n${row.urls.join()}\n${row.names.join()}`;
      const known = merged.get(key);
      merged.set(
        key,
        known ? { ...known, verbs: [...known.verbs, ...row.verbs.filter((verb) => !known.verbs.includes(verb))] } : row,
      );
    }
    const joined = (verbs: readonly string[]) => verbs.join(' ');
    const sorted = [...merged.values()].toSorted(
      (a, b) =>
        compare(joined(a.verbs), joined(b.verbs)) ||
        compare(groupOf(a.what), groupOf(b.what)) ||
        compare(a.what, b.what),
    );
    for (const { what, urls, names, verbs } of sorted)
      out.line(1, `${what}\t[${urls.join(' ')}]\t[${names.join(' ')}]\t[${verbs.join(' ')}]`);
  },
};

/** `nodes` is of the core, which has no name. */
function groupOf(what: string): string {
  return what.includes('.') ? what.slice(what.indexOf('.') + 1) : '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const describeBinding: Describer = {
  hasNoEvents: true,
  describe(out, binding) {
    const { kind = '', name = '' } = (binding['roleRef'] ?? {}) as { readonly kind?: string; readonly name?: string };
    out.line(0, `Name:\t${binding.metadata?.name}`);
    labels(out, binding);
    annotations(out, binding);
    out.line(0, 'Role:');
    out.line(1, `Kind:\t${kind}`);
    out.line(1, `Name:\t${name}`);
    out.line(0, 'Subjects:\n  Kind\tName\tNamespace');
    out.line(1, '----\t----\t---------');
    for (const subject of (binding['subjects'] ?? []) as readonly {
      readonly kind: string;
      readonly name: string;
      readonly namespace?: string;
    }[])
      out.line(1, `${subject.kind}\t${subject.name}\t${subject.namespace ?? ''}`);
  },
};

export const describePriorityClass: Describer = {
  describe(out, priorityClass) {
    out.line(0, `Name:\t${priorityClass.metadata?.name}`);
    out.line(0, `Value:\t${String(priorityClass['value'])}`);
    out.line(0, `GlobalDefault:\t${String(priorityClass['globalDefault'] ?? false)}`);
    out.line(0, `PreemptionPolicy:\t${String(priorityClass['preemptionPolicy'] ?? '')}`);
    out.line(0, `Description:\t${String(priorityClass['description'] ?? '')}`);
    annotationsLine(out, priorityClass);
  },
};

function annotationsLine(out: Description, object: AnyObject): void {
  out.line(0, `Annotations:\t${pairsOf(object.metadata?.annotations).join(',') || '<none>'}`);
}
