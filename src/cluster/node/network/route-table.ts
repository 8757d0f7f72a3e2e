import type { Route, Routes } from '#machine/sockets.ts';
import { contains, prefixLength } from './address.ts';

/** Routes, of which the most specific one counts. */
export class RouteTable implements Routes {
  readonly #routes = new Map<string, Route>();
  /** Those to more than one address, but for the default: few, while each Pod has a route of its own. */
  #networks: readonly Route[] = [];

  list(): readonly Route[] {
    return [...this.#routes.values()].sort((a, b) => compare(a.destination, b.destination));
  }

  set(route: Route): void {
    this.#routes.set(route.destination, route);
    if (route.destination.includes('/')) this.#collect();
  }

  remove(destination: string): void {
    this.#routes.delete(destination);
    if (destination.includes('/')) this.#collect();
  }

  /** Undefined: `network is unreachable`. */
  to(address: string): Route | undefined {
    const exact = this.#routes.get(address);
    if (exact) return exact;
    const best = this.#networks.find(({ destination }) => contains(destination, address));
    return best ?? this.#routes.get('default');
  }

  #collect(): void {
    this.#networks = [...this.#routes.values()]
      .filter(({ destination }) => destination.includes('/'))
      .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination));
  }
}

/** The default route first, then by number. */
function compare(one: string, other: string): number {
  if (one === 'default' || other === 'default') return one === other ? 0 : one === 'default' ? -1 : 1;
  const [a, b] = [one, other].map((text) => text.split(/[./]/).map(Number));
  for (const [index, part] of (a ?? []).entries()) {
    const difference = part - (b?.[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
