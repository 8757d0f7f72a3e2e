import type { AnyKind } from '../../api/kinds/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { User } from '../authentication/user.ts';

/** What is about to be written. */
export interface Admitted {
  readonly kind: AnyKind;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly user: User;
}

/**
 * An admission plugin (`--enable-admission-plugins`): it may change what is written, or refuse it.
 *
 * @throws ApiError Forbidden …
 */
export type AdmissionPlugin = (object: KubeObject, about: Admitted) => KubeObject;

/** The plugins, one after the other. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  /** @throws ApiError when a plugin refuses */
  admit(object: KubeObject, about: Admitted): KubeObject {
    return this.#plugins.reduce((current, plugin) => plugin(current, about), object);
  }
}
