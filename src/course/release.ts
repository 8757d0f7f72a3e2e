/** The Kubernetes release that the lessons teach, in one place. The kind node image is the public one of kind's release notes. */
export const release = {
  kubernetes: '1.36',
  /** Where the official documentation of exactly this release lives. */
  docs: 'https://v1-36.docs.kubernetes.io',
  kind: '0.33.0',
  image: 'kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
} as const;
