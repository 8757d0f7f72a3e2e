import { type Routine, sleep } from '#kernel/coroutine.ts';
import type { Kernel } from '#kernel/kernel.ts';
import { CriError, type Image } from '#machine/cri.ts';
import type { Volume } from '../file-system/volume.ts';
import { type CatalogImage, type ImageCatalog, normalReference } from './catalog.ts';
import { imageDigest } from './ids.ts';
import { imageLayer } from './image-layer.ts';

/** How long a pull takes: asking the registry, and then its bytes; in milliseconds, and bytes a millisecond. */
const ASKING = 700;
const SPEED = 60_000;

interface StoredImage {
  readonly image: Image;
  readonly source: CatalogImage;
}

/** The images of a saved machine, by reference. */
export interface ImagesState {
  readonly pulled: readonly string[];
  readonly pinned: readonly string[];
}

/** The images of a node (containerd, its content store). */
export class Images {
  readonly #kernel: Kernel;
  readonly #catalog: ImageCatalog;
  readonly #images = new Map<string, StoredImage>();
  readonly #layers = new Map<CatalogImage, Volume>();

  constructor(kernel: Kernel, catalog: ImageCatalog) {
    this.#kernel = kernel;
    this.#catalog = catalog;
  }

  /** Puts an image there without a registry, as `kind load` and a node's own image do. */
  preload(reference: string, isPinned = false): void {
    const normal = normalReference(reference);
    const source = this.#catalog.find(normal);
    if (!source) throw new Error(`no image ${reference} in the catalog`);
    this.#add(normal, source, isPinned);
  }

  /** @throws CriError NotFound … */
  *pull(reference: string): Routine<string> {
    const normal = normalReference(reference);
    yield* sleep(this.#kernel, ASKING + this.#kernel.random.int(300));
    const source = this.#catalog.find(normal);
    if (!source) {
      throw new CriError(
        'NotFound',
        `failed to pull and unpack image ${JSON.stringify(normal)}: failed to resolve reference ${JSON.stringify(normal)}: ${this.#whyNot(normal)}`,
      );
    }
    if (!this.#images.has(normal)) yield* sleep(this.#kernel, source.size / SPEED);
    return this.#add(normal, source, false).id;
  }

  /** References, those that are pinned apart. */
  save(): ImagesState {
    const references = (isPinned: boolean) =>
      [...this.#images].filter(([, { image }]) => image.isPinned === isPinned).map(([reference]) => reference);
    return { pulled: references(false), pinned: references(true) };
  }

  restore({ pulled, pinned }: ImagesState): void {
    for (const reference of pulled) this.preload(reference);
    for (const reference of pinned) this.preload(reference, true);
  }

  list(): readonly Image[] {
    const byId = new Map<string, Image>();
    for (const { image } of this.#images.values()) {
      const known = byId.get(image.id);
      byId.set(image.id, known ? { ...known, repoTags: [...known.repoTags, ...image.repoTags] } : image);
    }
    return [...byId.values()];
  }

  status(reference: string): Image | undefined {
    return this.#images.get(normalReference(reference))?.image ?? this.list().find(({ id }) => id === reference);
  }

  /** What a container is made of. @param isInUse a container of it is there: the image itself may have been removed */
  find(reference: string, isInUse = false): StoredImage | undefined {
    const normal = normalReference(reference);
    const source = isInUse ? this.#catalog.find(normal) : undefined;
    return this.#images.get(normal) ?? (source && { image: imageOf(normal, source, false), source });
  }

  /** The root file system of an image: what containers of it have in common, and do not change. */
  layer(source: CatalogImage): Volume {
    const known = this.#layers.get(source);
    if (known) return known;
    const layer = imageLayer(this.#kernel, source);
    this.#layers.set(source, layer);
    return layer;
  }

  remove(reference: string): void {
    const id = this.status(reference)?.id;
    for (const [key, { image }] of [...this.#images]) if (image.id === id) this.#images.delete(key);
  }

  /** Docker Hub does not tell a repository that there is not from one that is private; registries without logins say what they lack. */
  #whyNot(reference: string): string {
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    const isKnown = this.#catalog.hasRepository(repository);
    if (isKnown || repository.startsWith('registry.k8s.io/')) return `${reference}: not found`;
    return 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
  }

  #add(reference: string, source: CatalogImage, isPinned: boolean): Image {
    const known = this.#images.get(reference);
    if (known?.source === source && known.image.isPinned === isPinned) return known.image;
    const image = imageOf(reference, source, isPinned);
    this.#images.set(reference, { image, source });
    return image;
  }
}

function imageOf(reference: string, source: CatalogImage, isPinned: boolean): Image {
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return {
    id: imageDigest(`${source.repository}:${source.tags[0]}`),
    repoTags: [reference],
    repoDigests: [`${repository}@${imageDigest(`manifest of ${source.repository}:${source.tags[0]}`)}`],
    size: source.size,
    isPinned,
  };
}
