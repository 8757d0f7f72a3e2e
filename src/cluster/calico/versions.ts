/** The release that the lessons' real clusters install. */
export const CALICO_VERSION = 'v3.32.2';
/** The operator that comes with it. */
export const OPERATOR_VERSION = 'v1.42.6';
