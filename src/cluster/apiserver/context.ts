import type { Kernel } from '#kernel/kernel.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import type { Node } from '../api/types/core.ts';
import type { AdmissionChain } from './admission/chain.ts';
import type { User } from './authentication/user.ts';
import type { Authorizer } from './authorization/authorizer.ts';
import type { RequestInfo } from './path.ts';
import type { Registry } from './registry/registry.ts';

/** What the handlers of requests share. */
export interface ServerContext {
  readonly kernel: Kernel;
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  readonly admission: AdmissionChain;
  /** Reads bodies of clients that send protobuf; without it they are refused. @throws Error for bytes that are none */
  readonly decodeProtobuf: ((bytes: string) => unknown) | undefined;
  /** Asks a node's kubelet, over its port 10250. @throws Error when it does not answer, with the words of Go's net package */
  readonly kubelet: (node: Node, request: HttpRequest) => HttpResponse;
}

/** One request, with all that is known of it. */
export interface ApiRequest {
  readonly http: HttpRequest;
  readonly info: RequestInfo;
  readonly user: User;
  /** What it sends, read; undefined for nothing. */
  readonly body: unknown;
  /** Whether it came as text, from outside: its fields are to be checked. */
  readonly isForeign: boolean;
  /** Sentences for the client beside the answer. */
  readonly warnings: string[];
}
