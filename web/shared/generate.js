// Writes what the fronts know of the API out of ../api/openapi.json: its types (src/api.d.ts) and
// the limits of what people type (src/limits.ts). `npm run types`; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const FORMS = ['address', 'order_new', 'user_new'];

const here = (path) => new URL(path, import.meta.url);
const document = JSON.parse(readFileSync(here('../../api/openapi.json'), 'utf8'));

function limitsOf(name) {
  const { properties } = document.components.schemas[name];
  const texts = Object.entries(properties).filter(([, { maxLength }]) => maxLength !== undefined);
  return Object.fromEntries(
    texts.map(([field, { minLength = 0, maxLength }]) => [
      field,
      { min: minLength, max: maxLength },
    ]),
  );
}

const notice = '// Written by shared/generate.js out of api/openapi.json. Do not edit.\n';
const limits = Object.fromEntries(FORMS.map((name) => [name, limitsOf(name)]));
const files = {
  'src/api.d.ts': notice + astToString(await openapi(document)),
  'src/limits.ts': `${notice}export const LIMITS = ${JSON.stringify(limits, null, 2)} as const;\n`,
};

for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(here(path), text);
  else if (readFileSync(here(path), 'utf8') !== text) {
    console.error(`web/shared/${path} is older than api/openapi.json: run npm run types in web/`);
    process.exitCode = 1;
  }
}
