import type { WordPart } from '#grammar/syntax.ts';
import { usersOf } from '#machine/users.ts';
import type { Shell } from '../shell.ts';

/** `~`, `~user`, `~+`, `~-` at the beginning; of an assignment also behind colons. */
export function withHome(shell: Shell, parts: readonly WordPart[], isAssignment: boolean): readonly WordPart[] {
  return parts.flatMap((part, index): readonly WordPart[] => {
    if (part.kind !== 'text' || part.isQuoted || !part.text.includes('~')) return [part];
    const isLast = index === parts.length - 1;
    const pieces = isAssignment ? part.text.split(/(?<=:)/) : [part.text];
    return pieces.flatMap((piece, place): readonly WordPart[] => {
      const isFirst = place > 0 || index === 0;
      const { user, rest = '' } = /^~(?<user>[^/:]*)(?<rest>.*)$/s.exec(piece)?.groups ?? {};
      // What is quoted or expanded right behind belongs to the name.
      const isWhole = rest !== '' || (isLast && place === pieces.length - 1);
      const home = user !== undefined && isFirst && isWhole ? homeOf(shell, user) : undefined;
      if (home === undefined) return [{ kind: 'text', text: piece, isQuoted: false }];
      return [
        { kind: 'text', text: home, isQuoted: true },
        { kind: 'text', text: rest, isQuoted: false },
      ];
    });
  });
}

function homeOf(shell: Shell, user: string): string | undefined {
  const users = usersOf(shell.files);
  if (user === '')
    return shell.variables.get('HOME') ?? users.find(({ uid }) => uid === shell.files.credentials.uid)?.home;
  if (user === '+') return shell.files.workingDirectory;
  if (user === '-') return shell.variables.get('OLDPWD');
  return users.find(({ name }) => name === user)?.home;
}
