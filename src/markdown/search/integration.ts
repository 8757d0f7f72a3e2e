// STUB by the lead until search lands: replace this file.
import type { AstroIntegration } from 'astro';
export function searchIndex(): AstroIntegration {
  return { name: 'clusterbook:search', hooks: {} };
}
