import { isReference } from '../../containerd/catalog.ts';

/** Why a text names no image; undefined when it does (distribution/reference, ParseNormalizedNamed). */
export function imageNameError(image: string): string | undefined {
  const invalid = `couldn't parse image name ${JSON.stringify(image)}: invalid reference format`;
  const slash = image.indexOf('/');
  const head = slash < 0 ? '' : image.slice(0, slash);
  const isDomain = /[.:]/.test(head) || head === 'localhost' || head.toLowerCase() !== head;
  const rest = isDomain ? image.slice(slash + 1) : image;
  const [repository = ''] = (isDomain || rest.includes('/') ? rest : `library/${rest}`).split(':');
  if (repository.toLowerCase() !== repository) return `${invalid}: repository name (${repository}) must be lowercase`;
  return isReference(image) ? undefined : invalid;
}
