import { readTextIfThere } from '#machine/file-system.ts';
import type { ProcessContext } from '#machine/program.ts';
import { Client } from '../client/client.ts';
import { dial } from '../client/dial.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server as a Pod reaches it (client-go, rest.InClusterConfig). */
export interface InCluster {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly authority: string;
}

export function inCluster({ env, files }: ProcessContext): InCluster {
  return {
    host: env['KUBERNETES_SERVICE_HOST'] ?? '',
    port: Number(env['KUBERNETES_SERVICE_PORT'] ?? 443),
    authority: readTextIfThere(files, `${ACCOUNT}/ca.crt`) ?? '',
  };
}

/** A client as the Pod's ServiceAccount. */
export function accountClient(process: ProcessContext, userAgent: string): Client {
  const { kernel, sockets, files } = process;
  const token = () => (readTextIfThere(files, `${ACCOUNT}/token`) ?? '').trim();
  return new Client(dial(kernel, sockets, { ...inCluster(process), token }), userAgent);
}
