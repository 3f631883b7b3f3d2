// Validates Kubernetes objects: node schemas.mjs <OBJECTS.json, a list of {where, object}. Prints a
// line a fault, "WHERE\tSENTENCE".
//
// Twice, because each finds what the other cannot: the published schemas compiled to functions know
// formats, bounds and patterns but let unknown fields pass; the TypeScript compiler, given each
// object as a literal of its kind's interface, finds a field that is misspelt or out of place.
// Kinds that no package has stand in schemas/ as JSON Schemas without room for unknown fields.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import ts from "typescript";

const packages = {
  "argoproj.io": ["@kubernetes-models/argo-cd", "@kubernetes-models/argo-rollouts"],
  "acme.cert-manager.io": ["@kubernetes-models/cert-manager"],
  "cert-manager.io": ["@kubernetes-models/cert-manager"],
  "istio.io": ["@kubernetes-models/istio"],
  "monitoring.coreos.com": ["@kubernetes-models/prometheus-operator"],
  "bitnami.com": ["@kubernetes-models/sealed-secrets"],
};
const here = new URL(".", import.meta.url);
const require = createRequire(import.meta.url);

// "kubernetes-models/apps/v1" of apps/v1 Deployment; undefined when no package has the kind.
function moduleOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const domain = Object.keys(packages).find((end) => group === end || group.endsWith("." + end));
  for (const name of packages[domain] ?? ["kubernetes-models"]) {
    const path = [name, group, version].filter((part) => part !== "").join("/");
    if (existsSync(new URL(`node_modules/${path}/${kind}.d.ts`, here))) return path;
  }
}

function ownSchema({ apiVersion, kind }) {
  const file = new URL(`schemas/${apiVersion.replace("/", "_")}_${kind}.json`, here);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

function sentence(error) {
  const message = error.message ?? JSON.stringify(error.params);
  return `${error.instancePath || "/"} ${message} (${error.keyword})`;
}

async function compiledFaults({ object }, path) {
  const kinds = await import(path);
  try {
    new kinds[object.kind](object).validate();
    return [];
  } catch (error) {
    return error.errors?.map(sentence) ?? [error.message];
  }
}

function ownFaults({ object }, schema) {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  return validate(object) ? [] : validate.errors.map(sentence);
}

// All literals are one source file, a line each, so that a diagnostic's line tells whose it is.
function unknownFields(typed) {
  const name = new URL("objects.ts", here).pathname;
  const imports = typed.map(({ path, entry }, i) =>
    `import type { I${entry.object.kind} as K${i} } from "${path}/${entry.object.kind}";`);
  const literals = typed.map(({ entry }, i) =>
    `export const o${i}: K${i} = ${JSON.stringify(entry.object)};`);
  const text = [...imports, ...literals].join("\n");
  const options = {
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
    lib: ["lib.es2022.d.ts"],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : read(file, ...rest);
  const program = ts.createProgram([name], options, host);
  const file = program.getSourceFile(name);
  return program.getSemanticDiagnostics(file).map((fault) => {
    const line = file.getLineAndCharacterOfPosition(fault.start).line;
    const message = ts.flattenDiagnosticMessageText(fault.messageText, " ").slice(0, 300);
    return { where: typed[line % typed.length].entry.where, sentence: message };
  });
}

// The package of the Prometheus Operator wants another name for the claim that the CRD embeds, and
// wants it always; the CRD itself takes what every claim is called, or nothing.
function asPackaged(object) {
  const claim = object.spec?.storage?.volumeClaimTemplate;
  const { apiVersion = "v1", kind = "PersistentVolumeClaim" } = claim ?? {};
  if (claim && apiVersion === "v1" && kind === "PersistentVolumeClaim")
    Object.assign(claim, {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "EmbeddedPersistentVolumeClaim",
    });
}

const faults = [];
const typed = [];
for (const entry of JSON.parse(readFileSync(0, "utf8"))) {
  const path = moduleOf(entry.object);
  asPackaged(entry.object);
  const own = path === undefined ? ownSchema(entry.object) : undefined;
  const found = path !== undefined ? await compiledFaults(entry, path)
    : own !== undefined ? ownFaults(entry, own)
    : [`no schema is known for ${entry.object.apiVersion} ${entry.object.kind}`];
  faults.push(...found.map((sentence) => ({ where: entry.where, sentence })));
  if (path !== undefined) typed.push({ path, entry });
}
if (typed.length > 0) faults.push(...unknownFields(typed));
for (const { where, sentence } of faults) console.log(`${where}\t${sentence}`);
