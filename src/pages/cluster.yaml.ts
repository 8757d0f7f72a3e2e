import { readFile } from 'node:fs/promises';
import type { APIRoute } from 'astro';

/** The very file that the project's own runs make their cluster of. */
export const GET: APIRoute = async () =>
  new Response(await readFile('e2e/kind/cluster.yaml'), { headers: { 'Content-Type': 'application/yaml' } });
