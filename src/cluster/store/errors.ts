/** The errors of etcd's API that the store answers with, by their name in go.etcd.io/etcd/api/v3/v3rpc/rpctypes. */
export type StoreErrorName =
  | 'ErrCompacted'
  | 'ErrDuplicateKey'
  | 'ErrEmptyKey'
  | 'ErrFutureRev'
  | 'ErrLeaseExist'
  | 'ErrLeaseNotFound'
  | 'ErrLeaseTTLTooLarge'
  | 'ErrRequestTooLarge'
  | 'ErrStopped'
  | 'ErrTooManyOps';

/** gRPC code and the words that clients print. */
const ERRORS: Readonly<Record<StoreErrorName, readonly [code: string, message: string]>> = {
  ErrCompacted: ['OutOfRange', 'etcdserver: mvcc: required revision has been compacted'],
  ErrDuplicateKey: ['InvalidArgument', 'etcdserver: duplicate key given in txn request'],
  ErrEmptyKey: ['InvalidArgument', 'etcdserver: key is not provided'],
  ErrFutureRev: ['OutOfRange', 'etcdserver: mvcc: required revision is a future revision'],
  ErrLeaseExist: ['FailedPrecondition', 'etcdserver: lease already exists'],
  ErrLeaseNotFound: ['NotFound', 'etcdserver: requested lease not found'],
  ErrLeaseTTLTooLarge: ['OutOfRange', 'etcdserver: too large lease TTL'],
  ErrRequestTooLarge: ['InvalidArgument', 'etcdserver: request is too large'],
  ErrStopped: ['Unavailable', 'etcdserver: server stopped'],
  ErrTooManyOps: ['InvalidArgument', 'etcdserver: too many operations in txn request'],
};

/** A request that etcd refuses. */
export class StoreError extends Error {
  override readonly name: StoreErrorName;
  /** gRPC's code, as in `rpc error: code = OutOfRange desc = …`. */
  readonly code: string;

  constructor(name: StoreErrorName) {
    const [code, message] = ERRORS[name];
    super(message);
    this.name = name;
    this.code = code;
  }
}
