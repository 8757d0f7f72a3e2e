/** apimachinery, pkg/util/validation: what a name must be, and the words for one that is not. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const PLAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;

/** What is wrong with a name; empty for nothing. */
export type NameCheck = (name: string) => readonly string[];

/** IsDNS1123Label: the name of a Namespace, a container, a port; of a Service too, since RelaxedServiceNameValidation. */
export const label1123: NameCheck = (name) => [
  ...longerThan(name, 63, 'characters'),
  ...unless(
    LABEL.test(name),
    `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
  ),
];

/** IsDNS1123Subdomain: the name of most objects. */
export const subdomain1123: NameCheck = (name) => (isPlain(name) ? NOTHING : subdomain(name));

const NOTHING: readonly string[] = [];

/** A name that is fine at a glance, as most are. */
function isPlain(name: string): boolean {
  return name.length <= 63 && PLAIN.test(name);
}

const subdomain: NameCheck = (name) => [
  ...longerThan(name, 253, 'characters'),
  ...unless(
    SUBDOMAIN.test(name),
    `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ),
];

/** path.ValidatePathSegmentName: the name of a Role. */
export const pathSegment: NameCheck = (name) => [
  ...unless(name !== '.' && name !== '..', `may not be '${name}'`),
  ...unless(!name.includes('/'), "may not contain '/'"),
  ...unless(!name.includes('%'), "may not contain '%'"),
];

/** IsQualifiedName: the key of a label or an annotation. */
export const qualifiedName: NameCheck = (name) => {
  const parts = name.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const own = parts.at(-1) ?? '';
  const errors: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else errors.push(...subdomain1123(prefix).map((message) => `prefix part ${message}`));
  }
  if (own === '') errors.push('name part must be non-empty');
  else errors.push(...longerThan(own, 63).map((message) => `name part ${message}`));
  if (!QUALIFIED.test(own)) {
    errors.push(
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  }
  return errors;
};

/** IsValidLabelValue */
export const labelValue: NameCheck = (value) => [
  ...longerThan(value, 63),
  ...unless(
    value === '' || QUALIFIED.test(value),
    `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  ),
];

/** IsRelaxedEnvVarName: any printable ASCII but '='. */
export const environmentName: NameCheck = (name) =>
  unless(
    /^[ -<>-~]+$/.test(name),
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
  );

/** IsConfigMapKey */
export const configKey: NameCheck = (key) => [
  ...longerThan(key, 253, 'characters'),
  ...unless(
    CONFIG_KEY.test(key),
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ),
  ...unless(key !== '.', "must not be '.'"),
  ...unless(key !== '..', "must not be '..'"),
  ...unless(key === '..' || !key.startsWith('..'), "must not start with '..'"),
];

/** IsValidPortNum */
export function portNumber(port: number): readonly string[] {
  return unless(port >= 1 && port <= 65535, 'must be between 1 and 65535, inclusive');
}

/** IsValidPortName */
export const portName: NameCheck = (name) => [
  ...unless(name.length <= 15, 'must be no more than 15 characters'),
  ...unless(/^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'),
  ...unless(/[a-z]/.test(name), 'must contain at least one letter (a-z)'),
  ...unless(!name.includes('--'), 'must not contain consecutive hyphens'),
  ...unless(!/^-|-$/.test(name), 'must not begin or end with a hyphen'),
];

/** @param unit labels are measured by a newer function (apimachinery, pkg/api/validate/content), which says bytes */
function longerThan(text: string, most: number, unit: 'bytes' | 'characters' = 'bytes'): string[] {
  return unless(text.length <= most, `must be no more than ${most} ${unit}`);
}

function unless(holds: boolean, message: string): string[] {
  return holds ? [] : [message];
}
