import { type Flag, flag } from './flags.ts';

/** Of every command. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  flag('help', 'bool', { short: 'h' }),
  flag('namespace', 'string', { short: 'n' }),
  flag('kubeconfig', 'string'),
  flag('context', 'string'),
  flag('cluster', 'string'),
  flag('user', 'string'),
  flag('server', 'string', { short: 's' }),
  flag('token', 'string'),
  flag('as', 'string'),
  flag('as-group', 'array'),
  flag('as-uid', 'string'),
  flag('request-timeout', 'string', { default: '0' }),
  flag('insecure-skip-tls-verify', 'bool'),
  flag('certificate-authority', 'string'),
  flag('client-certificate', 'string'),
  flag('client-key', 'string'),
  flag('tls-server-name', 'string', { missing: '' }),
  flag('match-server-version', 'bool', { missing: '' }),
  flag('cache-dir', 'string'),
  flag('warnings-as-errors', 'bool'),
  flag('disable-compression', 'bool'),
  flag('v', 'int', { short: 'v', default: '0' }),
];

export const FILE_FLAGS: readonly Flag[] = [
  flag('filename', 'list', { short: 'f' }),
  flag('kustomize', 'string', { short: 'k' }),
  flag('recursive', 'bool', { short: 'R' }),
];

export const OUTPUT_FLAGS: readonly Flag[] = [
  flag('output', 'string', { short: 'o' }),
  flag('template', 'string'),
  flag('show-managed-fields', 'bool'),
  flag('allow-missing-template-keys', 'bool', { default: 'true' }),
];

export const SELECTOR_FLAGS: readonly Flag[] = [
  flag('selector', 'string', { short: 'l' }),
  flag('field-selector', 'string'),
];

/** Of commands that change something. */
export const CHANGE_FLAGS: readonly Flag[] = [
  flag('dry-run', 'string', { default: 'none', alone: 'unchanged' }),
  flag('field-manager', 'string'),
  flag('validate', 'string', { default: 'strict', alone: 'strict' }),
  flag('save-config', 'bool'),
];
