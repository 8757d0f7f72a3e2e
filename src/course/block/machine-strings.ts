import type { Place, Problem } from '../problem.ts';

/** What a recorded output shows of the machine that recorded it, and no reader's machine shows. */
const MACHINE_STRINGS: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /\b\d+\.\d+\.\d+-(?:\d+-)?(?:amd64|arm64|generic|cloud|azure|aws|linuxkit|orbstack)[\w-]*/,
    what: 'a kernel',
  },
  { pattern: /\b(?:Debian GNU\/Linux|Ubuntu) \d+/, what: 'an operating system' },
  { pattern: /\blinux\/(?:amd64|arm64)\b/, what: 'a processor' },
  { pattern: /\bsha256:[\da-f]{6,}/, what: 'a digest' },
  { pattern: /\bcontainerd:\/\/\d[\d.]*/, what: 'a version of containerd' },
  { pattern: /\b(?:docker\.io\/)?kindest\/[\w-]+/, what: 'an image of kind' },
  { pattern: /\blocalhost:\d+\/[\w-]+/, what: 'a registry of one machine' },
  { pattern: /(?<=\s)\d+(?:\.\d+)?(?:kB|MB|GB)(?=\s|$)/, what: "an image's size" },
  { pattern: /"?(?:gitCommit|buildDate|gitTreeState)"?: ?"?[\w-]+/, what: 'a build' },
  { pattern: /\bgo1\.\d+(?:\.\d+)?/, what: 'a version of Go' },
  { pattern: /\b(?:nginx\/|BusyBox v)\d[\d.]*/, what: 'a version of an image' },
  { pattern: /\bcgroups? ?v[12]\b/i, what: 'a version of cgroups' },
  {
    pattern: /(?<![\w/=.-])[a-z]\w*-(?:control-plane|worker\d*)(?![\w-])/,
    what: "a host's name (nodes are cp1, w1, w2)",
  },
  // iptables prints it as a number or as a name, by its version.
  { pattern: /^\S+\s+(?:\d+|tcp|udp|all)\s+--\s/, what: 'a protocol as one version of iptables prints it' },
];

/** A problem for each string that must be left out with `[..]`. `place` is where the first line stands. */
export function machineStringProblems(lines: readonly string[], place: Place): Problem[] {
  return lines.flatMap((line, index) =>
    MACHINE_STRINGS.flatMap(({ pattern, what }): Problem[] => {
      const found = pattern.exec(line);
      if (!found) return [];
      return [
        {
          message: `the output shows ${what}, "${found[0].trim()}", which differs on other machines`,
          cure: 'Leave it out: write [..] in its place',
          place: { ...place, line: place.line + index, column: place.column + found.index },
        },
      ];
    }),
  );
}
