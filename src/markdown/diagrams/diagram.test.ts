import { describe, expect, it } from 'vitest';
import { keptName, parseDiagram } from './diagram.ts';

const BODY = 'flowchart TB\n  accDescr: A leads to B.\n  a["A"]:::control --> b["B"]';

describe('a mermaid fence', () => {
  it('has an id, a title and a description', () => {
    expect(parseDiagram('id=chain title="The chain"', BODY)).toEqual({
      diagram: { id: 'chain', title: 'The chain', description: 'A leads to B.', source: BODY },
      problems: [],
    });
  });

  it('may make its boxes links, and name them as it likes', () => {
    const links = '\n  click a "/a/b/"\n  click b href "/a/b/#c"\n  actor --> rect\n  rect:::node --> style1';
    expect(parseDiagram('id=chain title="The chain"', BODY + links).problems).toEqual([]);
  });

  it('may describe itself over several lines', () => {
    const { diagram } = parseDiagram(
      'id=a title="A"',
      'flowchart TB\n  accDescr {\n    One.\n    Two.\n  }\n  a --> b',
    );
    expect(diagram?.description).toBe('One. Two.');
  });

  it.each([
    ['title="A"', BODY, 'the diagram has no id', 0],
    ['id=a', BODY, 'the diagram has no title', 0],
    ['id=a title=""', BODY, 'the diagram has no title', 0],
    ['id=a title="A"', 'flowchart TB\n  a --> b', 'the diagram has no accDescr', 0],
    ['id=a title="A" colour=red', BODY, 'unknown key "colour"', 0],
    ['id=a title="A', BODY, 'never closed', 0],
    ['id=a title="A"', `${BODY}\n  style a fill:#f00`, 'colours or styles', 4],
    ['id=a title="A"', `${BODY}\n  classDef x fill:#f00`, 'colours or styles', 4],
    ['id=a title="A"', `%%{init: {}}%%\n${BODY}`, 'a configuration of its own', 1],
    ['id=a title="A"', `${BODY}\n  b["x<br/>y"]`, 'holds HTML', 4],
    ['id=a title="A"', `${BODY}\n  b:::red`, 'a class that the style sheet does not know', 4],
    ['id=a title="A"', `${BODY}\n  click b call open()`, 'no link to a page', 4],
    ['id=a title="A"', `${BODY}\n  click b "https://example.org/"`, 'no link to a page', 4],
    ['id=a title="A"', 'sequenceDiagram\n  accDescr: x\n  rect rgb(0, 0, 255)\n  end', 'colours or styles', 3],
    ['id=a title="A"', 'sequenceDiagram\n  accDescr: x\n  actor you as You', 'stick figure', 3],
  ])('%s is refused', (meta, body, said, lineOffset) => {
    const { diagram, problems } = parseDiagram(meta, body);
    expect(diagram).toBeUndefined();
    expect(problems.find((problem) => problem.message.includes(said))?.lineOffset).toBe(lineOffset);
  });
});

describe('the name of a kept picture', () => {
  const diagram = { id: 'a', title: 'A', description: 'd', source: 's' };
  const name = keptName(diagram, 'mermaid 12');
  it('stays while nothing changes, and changes with each ingredient', () => {
    expect(keptName({ ...diagram }, 'mermaid 12')).toBe(name);
    expect(name).toMatch(/^a\.[0-9a-f]{12}\.svg$/);
    const others = [
      keptName({ ...diagram, source: 't' }, 'mermaid 12'),
      keptName({ ...diagram, title: 'B' }, 'mermaid 12'),
      keptName({ ...diagram, id: 'b' }, 'mermaid 12'),
      keptName(diagram, 'mermaid 13'),
    ];
    expect(new Set([name, ...others]).size).toBe(5);
  });
});
