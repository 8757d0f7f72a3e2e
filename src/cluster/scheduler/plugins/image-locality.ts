import { MAX_SCORE, type ScorePlugin, type Snapshot } from '../framework.ts';

const MEGABYTE = 1024 * 1024;
/** Less than this is not worth anything; more than that for a container is as good as that. */
const LEAST = 23 * MEGABYTE;
const MOST = 1000 * MEGABYTE;

/** Nodes that have the images already are better (pkg/scheduler/framework/plugins/imagelocality). */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  score: ({ pod: { spec } }, nodes, snapshot) => {
    const images = [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => normalizedName(image));
    const worth = new Map(images.map((image) => [image, worthOf(image, snapshot)]));
    const most = MOST * images.length;
    return nodes.map((node) => {
      let sum = 0;
      for (const image of images) if (node.imageSize(image) !== undefined) sum += worth.get(image) ?? 0;
      const limited = Math.min(most, Math.max(LEAST, sum));
      return Math.floor((MAX_SCORE * (limited - LEAST)) / (most - LEAST));
    });
  },
};

/** An image that many nodes have counts for more: else the first node to have it would get all. */
function worthOf(image: string, { nodes }: Snapshot): number {
  const sizes = nodes.map((node) => node.imageSize(image)).filter((size) => size !== undefined);
  return Math.floor((sizes[0] ?? 0) * (sizes.length / nodes.length));
}

function normalizedName(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
