import type { Credentials, FileSystem } from './file-system.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The users in /etc/passwd; none when it cannot be read. Lines of another shape are passed over, as the C library does. */
export function usersOf(files: FileSystem): readonly User[] {
  return records(files, '/etc/passwd').flatMap((fields) => {
    const [name = '', , uid = '', gid = '', comment = '', home = '', shell = ''] = fields;
    if (fields.length < 7 || !isNumber(uid) || !isNumber(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), comment, home, shell }];
  });
}

/** The groups in /etc/group. */
export function groupsOf(files: FileSystem): readonly Group[] {
  return records(files, '/etc/group').flatMap(([name = '', , gid = '', members = '']) =>
    isNumber(gid) ? [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }] : [],
  );
}

/** The name of a user, or the number as `ls -l` shows it when there is none. */
export function userName(files: FileSystem, uid: number): string {
  return usersOf(files).find((user) => user.uid === uid)?.name ?? String(uid);
}

export function groupName(files: FileSystem, gid: number): string {
  return groupsOf(files).find((group) => group.gid === gid)?.name ?? String(gid);
}

/** As whom a user logs in, with the groups that list the user. */
export function credentialsOf(files: FileSystem, name: string): Credentials | undefined {
  const user = usersOf(files).find((known) => known.name === name);
  if (!user) return undefined;
  const groups = groupsOf(files).filter(({ gid, members }) => gid !== user.gid && members.includes(name));
  return { uid: user.uid, gid: user.gid, groups: groups.map(({ gid }) => gid) };
}

function records(files: FileSystem, path: string): readonly (readonly string[])[] {
  try {
    const lines = files.readText(path).split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(':'));
  } catch {
    return [];
  }
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
