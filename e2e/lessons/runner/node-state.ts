import { nodeNames } from '#course/node-names.ts';
import type { Watchers } from './sessions.ts';

/** What a page may leave behind on a node that the API does not know: manifests, files at home, stopped services. */
const LOOK = [
  `$S sh -c 'cd /etc/kubernetes/manifests && sha256sum -- *' 2>/dev/null | awk '{ print "manifest " $2 " " substr($1, 1, 12) }'`,
  "$S ls -A /home/learner 2>/dev/null | sed 's/^/file at home: /'",
  'for unit in kubelet containerd; do echo "$unit is $(systemctl is-active $unit 2>&1)"; done',
].join('; ');

/** A line for each thing, with its node. */
export async function nodeState(watchers: Watchers): Promise<string[]> {
  const lines = await Promise.all(
    nodeNames.map(async (node) => {
      const said = await (await watchers.at(node)).ask(LOOK);
      return said
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `${node}: ${line}`);
    }),
  );
  return lines.flat();
}
