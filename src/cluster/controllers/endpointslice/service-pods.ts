import { service as serviceKind } from '../../api/kinds/core/service.ts';
import { pod as podKind } from '../../api/kinds/pod/pod.ts';
import { keyOf } from '../../api/object.ts';
import { setMatcher } from '../../api/selectors/labels.ts';
import type { Service } from '../../api/types/core.ts';
import type { Pod } from '../../api/types/pod.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller.ts';
import { podChange } from './pod.ts';

/** Pods by `namespace/label=value`. */
const BY_LABEL = 'namespace-label';
const BY_NAMESPACE = 'namespace';

/** Which Pods a Service selects and which Services a Pod concerns: what the controllers of endpoints have in common. */
export class ServicePods {
  readonly services: Informer<Service>;
  readonly #pods: Informer<Pod>;

  /** @param onChange told of the keys of the Services whose Pods have changed */
  constructor({ informers }: ControllerContext, onChange: (key: string) => void) {
    this.services = informers.of(serviceKind);
    this.#pods = informers.of(podKind);
    this.services.index(BY_NAMESPACE, ({ metadata }) => [metadata.namespace ?? '']);
    this.#pods.index(BY_LABEL, ({ metadata: { namespace = '', labels = {} } }) =>
      Object.entries(labels).map(([label, value]) => `${namespace}/${label}=${value}`),
    );
    const tell = (keys: Iterable<string>) => {
      for (const key of keys) onChange(key);
    };
    this.#pods.handle({
      added: (pod) => tell(this.#keysOfServices(pod)),
      updated: (pod, before) => tell(this.#keysAfter(pod, before)),
      deleted: (pod) => tell(this.#keysOfServices(pod)),
    });
  }

  podsOf({ metadata: { namespace = '' }, spec: { selector } }: Service): readonly Pod[] {
    const matches = setMatcher(selector);
    const [first] = Object.entries(selector ?? {});
    if (!first) return [];
    const [label, value] = first;
    return this.#pods
      .indexed(BY_LABEL, `${namespace}/${label}=${value}`)
      .filter(({ metadata }) => matches(metadata.labels));
  }

  /** Services that select neither before nor after, or alike before and after, have nothing to do. */
  #keysAfter(pod: Pod, before: Pod): ReadonlySet<string> {
    const { endpoint, membership } = podChange(pod, before);
    if (!endpoint && !membership) return new Set();
    const keys = this.#keysOfServices(pod);
    if (!membership) return keys;
    const earlier = this.#keysOfServices(before);
    const all = [...new Set([...keys, ...earlier])];
    return new Set(endpoint ? all : all.filter((key) => keys.has(key) !== earlier.has(key)));
  }

  #keysOfServices({ metadata: { namespace = '', labels } }: Pod): Set<string> {
    const services = this.services.indexed(BY_NAMESPACE, namespace);
    return new Set(services.filter(({ spec }) => setMatcher(spec.selector)(labels)).map(keyOf));
  }
}
