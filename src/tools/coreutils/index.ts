import type { Program } from '#machine/program.ts';
import { chgrp, chmod, chown, mktemp, readlink, realpath, touch } from './attributes.ts';
import { cat, tac } from './cat.ts';
import { base64, CHECKSUMS } from './checksums.ts';
import { cmp, paste } from './compare.ts';
import { cp, ln, mv } from './copy.ts';
import { wc } from './count.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { diff } from './diff/diff.ts';
import { mkdir, rm, rmdir } from './directories.ts';
import { env, printenv } from './environment.ts';
import { find } from './find/find.ts';
import { grep, grepAs } from './grep.ts';
import { head, tail } from './head-tail.ts';
import { ls } from './ls.ts';
import { curl } from './network/curl.ts';
import { nslookup } from './network/nslookup.ts';
import { nc, ping } from './network/ping.ts';
import { wget } from './network/wget.ts';
import { od } from './od.ts';
import { kill, pgrep, pidof, pkill, ps } from './processes.ts';
import { sed } from './sed/sed.ts';
import {
  basename,
  dirname,
  falseTool,
  hostname,
  id,
  nproc,
  pwd,
  seq,
  sleepTool,
  trueTool,
  uname,
  which,
  whoami,
} from './simple.ts';
import { sort, uniq } from './sort.ts';
import { df, du, stat } from './stat.ts';
import { nl, rev, tee, yes } from './streams.ts';
import { su } from './su.ts';
import { sudo } from './sudo.ts';
import { reset, stty, tput, tty } from './terminal.ts';
import { nohup, time, timeout } from './timing.ts';
import { type Dialect, programOf, type Tool } from './tool.ts';
import { tr } from './tr.ts';
import { clear, watch } from './watch.ts';
import { xargs } from './xargs.ts';

/** What GNU's coreutils, findutils, grep and sed have, and busybox too; awk, which weighs as much as ten of them, comes apart. */
const COMMON: Readonly<Record<string, Tool>> = {
  ...CHECKSUMS,
  base64,
  basename,
  cat,
  chgrp,
  chmod,
  chown,
  clear,
  cmp,
  cp,
  cut,
  date,
  df,
  diff,
  dirname,
  du,
  egrep: grepAs('E'),
  env,
  false: falseTool,
  fgrep: grepAs('F'),
  find,
  grep,
  head,
  hostname,
  id,
  kill,
  ln,
  ls,
  mkdir,
  mktemp,
  mv,
  nl,
  nohup,
  nproc,
  od,
  paste,
  pgrep,
  pidof,
  pkill,
  printenv,
  ps,
  pwd,
  readlink,
  realpath,
  reset,
  rev,
  rm,
  rmdir,
  sed,
  seq,
  sleep: sleepTool,
  sort,
  stat,
  stty,
  tac,
  tail,
  tee,
  time,
  timeout,
  touch,
  tr,
  true: trueTool,
  tty,
  uname,
  uniq,
  watch,
  wc,
  which,
  whoami,
  xargs,
  yes,
};

const NETWORK: Readonly<Record<string, Tool>> = { nc, nslookup, ping, wget };

/** Debian's small images have no tools of processes and networks. */
const NOT_IN_IMAGES = ['kill', 'pgrep', 'pidof', 'pkill', 'ps', 'time', 'rev', 'watch'];

/** Everything that busybox is. */
export const BUSYBOX: Readonly<Record<string, Program>> = programs({ ...COMMON, ...NETWORK }, 'busybox');

/** What a machine with Debian has. */
export const GNU: Readonly<Record<string, Program>> = programs({ ...COMMON, ...NETWORK, curl, su, sudo, tput }, 'gnu');

/** What the images have that are made of Debian. */
export const GNU_IN_IMAGES: Readonly<Record<string, Program>> = Object.fromEntries(
  Object.entries(programs(COMMON, 'gnu')).filter(([name]) => !NOT_IN_IMAGES.includes(name)),
);

/** Images that have it have it beside the others. */
export const CURL: Program = programOf(curl, 'gnu');

function programs(tools: Readonly<Record<string, Tool>>, dialect: Dialect): Readonly<Record<string, Program>> {
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, programOf(tool, dialect)]));
}
