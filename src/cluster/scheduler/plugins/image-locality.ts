import { MAX_SCORE, type ScorePlugin, type Snapshot } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

const MEGABYTE = 1024 * 1024;
/** Less than this is not worth anything; more than that for a container is as good as that. */
const LEAST = 23 * MEGABYTE;
const MOST = 1000 * MEGABYTE;

/** Nodes that have the images already are better (pkg/scheduler/framework/plugins/imagelocality). */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  score: ({ pod: { spec } }, nodes, snapshot) => {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const worth = new Map<string, number>();
    for (const { image = '' } of containers) if (!worth.has(image)) worth.set(image, worthOf(image, snapshot));
    const most = MOST * containers.length;
    return nodes.map((node) => {
      let sum = 0;
      for (const { image = '' } of containers) if (hasImage(node, image)) sum += worth.get(image) ?? 0;
      const limited = Math.min(most, Math.max(LEAST, sum));
      return Math.floor((MAX_SCORE * (limited - LEAST)) / (most - LEAST));
    });
  },
};

/** An image that many nodes have counts for more: else the first node to have it would get all. */
function worthOf(image: string, { nodes }: Snapshot): number {
  const owners = nodes.filter((node) => hasImage(node, image));
  const [first] = owners;
  const size = first ? (sizeOf(first, image) ?? 0) : 0;
  return Math.floor(size * (owners.length / nodes.length));
}

function hasImage(node: NodeInfo, image: string): boolean {
  return sizeOf(node, image) !== undefined;
}

function sizeOf({ node }: NodeInfo, image: string): number | undefined {
  const name = normalizedName(image);
  return node.status.images?.find(({ names }) => names.includes(name))?.sizeBytes;
}

function normalizedName(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
