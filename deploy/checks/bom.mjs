// Validates a bill of materials against CycloneDX's own schema: node bom.mjs <BOM.json. Prints a line
// a fault.
import { readFileSync } from "node:fs";
import Ajv from "ajv";

const folder = new URL("node_modules/@cyclonedx/cyclonedx-library/res/schema/", import.meta.url);
const schema = (name) => JSON.parse(readFileSync(new URL(name + ".SNAPSHOT.schema.json", folder)));
const bom = JSON.parse(readFileSync(0, "utf8"));
// The formats (of addresses, of e-mails) are of a later draft than Ajv knows.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
for (const name of ["spdx", "jsf-0.82"]) {
  const part = schema(name);
  delete part.$id; // it is asked for by the name of its file
  ajv.addSchema(part, `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
}
const validate = ajv.compile(schema(`bom-${bom.specVersion}`));
if (!validate(bom))
  for (const error of validate.errors) console.log(`${error.instancePath} ${error.message}`);
