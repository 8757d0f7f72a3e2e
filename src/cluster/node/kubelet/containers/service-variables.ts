import type { Service } from '../../../api/types/core.ts';
import type { Pod } from '../../../api/types/pod.ts';

export type Variable = readonly [name: string, value: string];

/** `WEB_SERVICE_HOST` and its kin, of the Services of a Pod's namespace; the API server's own are everywhere (pkg/kubelet/envvars). */
export function serviceVariables({ metadata, spec }: Pod, services: readonly Service[]): readonly Variable[] {
  return services
    .filter((service) => {
      const { clusterIP } = service.spec;
      if (!clusterIP || clusterIP === 'None') return false;
      if (service.metadata.namespace === 'default' && service.metadata.name === 'kubernetes') return true;
      return spec.enableServiceLinks !== false && service.metadata.namespace === metadata.namespace;
    })
    .flatMap(variablesOf);
}

function variablesOf({ metadata, spec }: Service): readonly Variable[] {
  const name = variableName(metadata.name);
  const host = spec.clusterIP ?? '';
  const ports = spec.ports ?? [];
  const [first] = ports;
  if (!first) return [];
  return [
    [`${name}_SERVICE_HOST`, host],
    [`${name}_SERVICE_PORT`, `${first.port}`],
    ...ports.flatMap((port): Variable[] =>
      port.name ? [[`${name}_SERVICE_PORT_${variableName(port.name)}`, `${port.port}`]] : [],
    ),
    [`${name}_PORT`, `${first.protocol.toLowerCase()}://${host}:${first.port}`],
    ...ports.flatMap(({ port, protocol }): Variable[] => {
      const prefix = `${name}_PORT_${port}_${protocol}`;
      const lower = protocol.toLowerCase();
      return [
        [prefix, `${lower}://${host}:${port}`],
        [`${prefix}_PROTO`, lower],
        [`${prefix}_PORT`, `${port}`],
        [`${prefix}_ADDR`, host],
      ];
    }),
  ];
}

function variableName(text: string): string {
  return text.toUpperCase().replaceAll('-', '_');
}
