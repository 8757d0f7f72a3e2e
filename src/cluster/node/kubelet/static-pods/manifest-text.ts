import { readYaml, YamlError } from '#yaml/read-yaml.ts';

/** Reads a manifest as the kubelet does: as JSON when it begins with a brace, else as YAML 1.1. @throws YamlError */
export function parseManifest(text: string): unknown {
  return text.trimStart().startsWith('{') ? parseJson(text) : readYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const letter = /^\s*\{\s*(?<letter>[^"}\s])/.exec(text)?.groups?.['letter'];
    const why =
      letter === undefined
        ? 'unexpected end of JSON input'
        : `invalid character '${letter}' looking for beginning of object key string`;
    throw new YamlError(`couldn't get version/kind; json parse error: ${why}`);
  }
}
