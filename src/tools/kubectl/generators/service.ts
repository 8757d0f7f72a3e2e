import { CommandError } from '../command/errors.ts';
import type { AnyObject } from '../resources/object.ts';

/** `80:8080`, `80`, `5678:8080`, `80:http` @throws CommandError */
export function servicePorts(items: readonly string[], nodePort: number): readonly object[] {
  return items.map((item) => {
    const [port = '', target = port] = item.split(':');
    const number = Number(port);
    if (!/^\d+$/.test(port)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
    if (number > 65_535 || number < 1)
      throw new CommandError(`${number} is not a port: it must be between 1 and 65535, inclusive`);
    return {
      name: item.replaceAll(':', '-'),
      port: number,
      protocol: 'TCP',
      targetPort: /^\d+$/.test(target) ? Number(target) : target,
      ...(nodePort > 0 && { nodePort }),
    };
  });
}

/** kubectl create service TYPE */
export function service(
  name: string,
  type: string,
  options: { readonly ports: readonly object[]; readonly clusterIP?: string; readonly externalName?: string },
): AnyObject {
  const labels = { app: name };
  const { ports, clusterIP, externalName } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { labels, name },
    spec: {
      ...(clusterIP && { clusterIP }),
      ...(externalName && { externalName }),
      ...(ports.length > 0 && { ports }),
      selector: labels,
      type,
    },
    status: { loadBalancer: {} },
  };
}
