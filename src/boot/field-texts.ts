import { Kernel } from '#kernel/kernel.ts';
import { ApiServer } from '../cluster/apiserver/server.ts';
import { Store } from '../cluster/store/store.ts';
import { fieldDescriptions } from './field-descriptions.ts';

/** What is said of types and fields: by the type's name, then by the field's; a type's own text has the name ''. */
export type FieldTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Every text that the API server of a lab is asked for when it describes itself, for `/lab/fields.json`. */
export function fieldTexts(): FieldTexts {
  const describe = fieldDescriptions();
  const texts: Record<string, Record<string, string>> = {};
  const kernel = new Kernel({ start: 0, seed: 1 });
  const server = new ApiServer({
    kernel,
    store: new Store(kernel),
    descriptions: (definition, field = '') => {
      const text = describe(definition, field === '' ? undefined : field);
      if (text !== undefined) {
        texts[definition] ??= {};
        texts[definition][field] = text;
      }
      return text;
    },
  });
  const connection = server.connectAs({ name: 'system:admin', groups: ['system:masters'] });
  // The index has a hash of each document, and makes them all.
  connection({ method: 'GET', path: '/openapi/v3' });
  return texts;
}
