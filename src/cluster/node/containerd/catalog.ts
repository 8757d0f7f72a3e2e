import type { Program } from '#machine/program.ts';

/** An image that can be run: what its configuration says, and the program that it starts. */
export interface CatalogImage {
  /** Without a registry for Docker Hub's library: `nginx`, `busybox`, `registry.k8s.io/kube-apiserver`. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** Bytes, as `crictl images` shows them. */
  readonly size: number;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment?: readonly (readonly [name: string, value: string])[];
  readonly workingDirectory?: string;
  /** Text files by their path, beside those that every image has. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs by the path of their executable file; a name alone is one in /bin. */
  readonly programs: Readonly<Record<string, Program>>;
}

/** Where images are found: the registries of this world. */
export class ImageCatalog {
  readonly #images = new Map<string, CatalogImage>();

  constructor(images: readonly CatalogImage[]) {
    for (const image of images)
      for (const tag of image.tags) this.#images.set(`${normalRepository(image.repository)}:${tag}`, image);
  }

  /** By a complete reference. */
  find(reference: string): CatalogImage | undefined {
    return this.#images.get(reference);
  }

  /** Whether there is any tag of it. @param repository a complete one: `docker.io/library/nginx` */
  hasRepository(repository: string): boolean {
    return [...this.#images.keys()].some((reference) => reference.startsWith(`${repository}:`));
  }
}

/** `nginx` is `docker.io/library/nginx`. */
function normalRepository(repository: string): string {
  const [first = ''] = repository.split('/');
  const hasRegistry = repository.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  if (hasRegistry) return repository;
  return repository.includes('/') ? `docker.io/${repository}` : `docker.io/library/${repository}`;
}

/** A complete reference: `docker.io/library/nginx:latest` (distribution/reference, ParseDockerRef). */
export function normalReference(reference: string): string {
  const [name = '', digest] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const repository = normalRepository(hasTag ? name.slice(0, colon) : name);
  if (digest !== undefined) return `${repository}@${digest}`;
  return `${repository}:${hasTag ? name.slice(colon + 1) : 'latest'}`;
}

const REFERENCE =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9]+:[0-9a-fA-F]{32,})?$/;

/** Whether a text names an image at all; what does not is InvalidImageName. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}
