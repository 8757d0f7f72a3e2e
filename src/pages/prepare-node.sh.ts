import { readFile } from 'node:fs/promises';
import type { APIRoute } from 'astro';

/** The very script that the project's own runs prepare their nodes with. */
export const GET: APIRoute = async () =>
  new Response(await readFile('e2e/kind/prepare-node.sh'), { headers: { 'Content-Type': 'text/x-shellscript' } });
