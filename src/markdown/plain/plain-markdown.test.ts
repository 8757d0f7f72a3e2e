import { expect, it } from 'vitest';
import { readLesson } from '../lesson/read-lesson.ts';
import { plainMarkdown } from './plain-markdown.ts';

const source = `---
title: etcd
description: The key-value store that holds every object of the cluster, and how to ask it.
kind: drill
minutes: 10
docs:
  - title: Operating etcd
    url: https://v1-36.docs.kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/
---

See [the API server](/x/kube-apiserver/).

<Changed since="v1.19" was="kubectl get componentstatuses">

Ask \`/readyz\`.

</Changed>

<Task title="Look" minutes={2} marks={20}>

\`\`\`console id=list on=cp1 cheat="Members?"
$ sudo etcdctl member list
8e9e05c52164694d, started
\`\`\`

</Task>

<Check q="Who writes?">

Only the API server.

</Check>
`;

it('is Markdown that any reader shows: no components, no keys, links that lead to the site', () => {
  const address = { module: 'x', slug: 'etcd', order: 1, file: 'x.mdx' };
  const { lesson, problems } = readLesson(source, address);
  expect(problems).toEqual([]);
  if (!lesson) return;
  expect(plainMarkdown(lesson, source, 'https://site.example')).toBe(`# etcd

The key-value store that holds every object of the cluster, and how to ask it.

See [the API server](https://site.example/x/kube-apiserver/).

> **Changed since v1.19, was: kubectl get componentstatuses**
>
> Ask \`/readyz\`.

## Look (2 min, 20 marks)

On cp1:

\`\`\`console
$ sudo etcdctl member list
8e9e05c52164694d, started
\`\`\`

**Question: Who writes?**

Only the API server.

## Documentation

- [Operating etcd](https://v1-36.docs.kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/)

From https://site.example/x/etcd/
`);
});
