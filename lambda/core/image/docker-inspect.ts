import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import type { ExecutionConfig, Healthcheck } from './config.ts';
import { JsonFields, isObject, parseJson } from './json-fields.ts';
import { normalizePlatform } from './platform.ts';
import type { Platform } from './platform.ts';

/** What `docker inspect` tells about how to run a container or an image. */
export interface Inspected {
  config: ExecutionConfig;
  /** Null for most containers: they do not say. */
  platform: Platform | null;
  /** What was left out or put together, a sentence each. */
  notes: string[];
}

/** Labels by which compose, Kubernetes and Docker Desktop find their own containers: wrong on any other. */
const LABELS_OF_A_RUN =
  /^(?:com\.docker\.compose\.|io\.kubernetes\.|annotation\.io\.kubernetes\.|desktop\.docker\.io\/|io\.podman\.)/;

const PODMANS_ENV = ['container=podman', 'container=oci', 'TERM=xterm'];

/** Reads the JSON of `docker inspect` or `podman inspect` of one container or image, or an image config. */
export function configFromInspect(jsonText: string): Parsed<Inspected> {
  const object = theOneObject(parseJson(jsonText));
  if (!object.ok) return object;
  const top = new JsonFields(object.value, '');
  const configName = object.value['config'] === undefined ? 'Config' : 'config';
  const isContainer = ['State', 'HostConfig', 'NetworkSettings'].some((field) => field in object.value);
  const isImage = ['RootFS', 'rootfs', 'Architecture', 'architecture'].some((field) => field in object.value);
  const inner = top.object(configName) ?? {};
  if (!isContainer && !isImage) return unreadable('it describes neither a container nor an image');
  const config = new JsonFields(inner, `${configName}.`);
  const notes: string[] = [];
  const read = readConfig(top, config, isContainer, notes);
  const platform = readPlatform(top);
  const problem = top.problem ?? config.problem ?? read.problem;
  return problem === null ? parsed({ config: read.config, platform, notes }) : unreadable(problem);
}

function theOneObject(json: unknown): Parsed<Record<string, unknown>> {
  const values = Array.isArray(json) ? json : [json];
  const [value] = values;
  if (json === undefined) return unreadable('it is not JSON');
  if (values.length > 1) return unreadable(`it describes ${values.length} objects, and one is needed`);
  return isObject(value) ? parsed(value) : unreadable('it describes nothing');
}

function unreadable<T>(reason: string): Parsed<T> {
  return refused(
    `Cannot take the configuration from the inspect file: ${reason}.`,
    'Make it with docker inspect NAME > inspect.json, where NAME is the one container or image.',
  );
}

function readConfig(
  top: JsonFields,
  fields: JsonFields,
  isContainer: boolean,
  notes: string[],
): { config: ExecutionConfig; problem: string | null } {
  const health = new JsonFields(fields.object('Healthcheck') ?? top.object('Healthcheck') ?? {}, 'Healthcheck.');
  const isPodmans = isContainer && top.any('OCIRuntime') !== undefined;
  const config = filled({
    User: fields.text('User'),
    ExposedPorts: emptyObjects(fields.object('ExposedPorts') ?? (isPodmans ? podmansPorts(top) : undefined)),
    Env: withoutRunsEnv(fields, isContainer, isPodmans, notes),
    Entrypoint: readEntrypoint(top, fields, notes),
    Cmd: fields.textOrTexts('Cmd'),
    Volumes: emptyObjects(fields.object('Volumes') ?? (isPodmans ? podmansVolumes(top) : undefined)),
    WorkingDir: fields.text('WorkingDir'),
    Labels: withoutRunsLabels(fields.pairs('Labels'), isContainer, notes),
    StopSignal: readStopSignal(fields),
    Healthcheck: readHealthcheck(health),
    OnBuild: fields.texts('OnBuild'),
    Shell: fields.texts('Shell'),
  });
  return { config, problem: health.problem };
}

/** podman before 5 joins a container's entrypoint with spaces; `Path` and `Args` still have its words. */
function readEntrypoint(top: JsonFields, fields: JsonFields, notes: string[]): string[] | undefined {
  const entrypoint = fields.any('Entrypoint');
  if (typeof entrypoint !== 'string') return fields.texts('Entrypoint');
  if (entrypoint === '') return undefined;
  const command = [top.text('Path') ?? '', ...(top.texts('Args') ?? [])];
  const words = command.slice(0, command.length - (fields.textOrTexts('Cmd') ?? []).length);
  if (words.join(' ') === entrypoint) return words;
  if (!/\s/.test(entrypoint)) return [entrypoint];
  notes.push(`The entrypoint "${entrypoint}" is one text in the inspect file; it was split at its spaces.`);
  return entrypoint.trim().split(/\s+/);
}

function withoutRunsEnv(
  fields: JsonFields,
  isContainer: boolean,
  isPodmans: boolean,
  notes: string[],
): string[] | undefined {
  const env = fields.texts('Env');
  const ofTheRun = new Set(isPodmans ? PODMANS_ENV : []).add(`HOSTNAME=${fields.text('Hostname') ?? ''}`);
  const left = isContainer ? env?.filter((entry) => ofTheRun.has(entry)) : undefined;
  if (left === undefined || left.length === 0) return env;
  notes.push(`Left out of ENV what the engine sets for each container: ${left.join(', ')}.`);
  return env?.filter((entry) => !left.includes(entry));
}

function withoutRunsLabels(
  labels: Record<string, string> | undefined,
  isContainer: boolean,
  notes: string[],
): Record<string, string> | undefined {
  const left = isContainer ? Object.keys(labels ?? {}).filter((label) => LABELS_OF_A_RUN.test(label)) : [];
  if (labels === undefined || left.length === 0) return labels;
  notes.push(`Left out the labels by which tools find this one container: ${left.join(', ')}.`);
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !left.includes(label)));
}

/** podman before 5 gives a container's signal as a number, 15 also where the image names none. */
function readStopSignal(fields: JsonFields): string | undefined {
  if (typeof fields.any('StopSignal') !== 'number') return fields.text('StopSignal');
  const signal = fields.count('StopSignal') ?? 0;
  return signal === 0 || signal === 15 ? undefined : String(signal);
}

function readHealthcheck(fields: JsonFields): Healthcheck | undefined {
  const health = filled({
    Test: fields.texts('Test'),
    Interval: fields.count('Interval'),
    Timeout: fields.count('Timeout'),
    StartPeriod: fields.count('StartPeriod'),
    StartInterval: fields.count('StartInterval'),
    Retries: fields.count('Retries'),
  });
  return Object.keys(health).length === 0 ? undefined : health;
}

function readPlatform(top: JsonFields): Platform | null {
  const descriptor = new JsonFields(top.object('ImageManifestDescriptor') ?? {}, 'ImageManifestDescriptor.');
  const fields = isObject(descriptor.any('platform'))
    ? new JsonFields(descriptor.object('platform') ?? {}, 'platform.')
    : top;
  const [os, architecture, variant] = ['Os', 'Architecture', 'Variant'].map(
    (name) => fields.text(name) ?? fields.text(name.toLowerCase()),
  );
  return os && architecture ? normalizePlatform(os, architecture, variant) : null;
}

/** podman shows a container's exposed ports only here. */
function podmansPorts(top: JsonFields): Record<string, unknown> | undefined {
  return new JsonFields(top.object('NetworkSettings') ?? {}, 'NetworkSettings.').object('Ports');
}

/** podman shows a container's declared volumes only as mounts, which have no name but 64 hex digits. */
function podmansVolumes(top: JsonFields): Record<string, unknown> {
  const mounts = top.any('Mounts');
  const anonymous = (Array.isArray(mounts) ? mounts : [])
    .filter(isObject)
    .filter((mount) => /^[0-9a-f]{64}$/.test(String(mount['Name'])));
  return Object.fromEntries(anonymous.map((mount) => [String(mount['Destination']), {}]));
}

function emptyObjects(object: Record<string, unknown> | undefined): Record<string, object> | undefined {
  return object && Object.fromEntries(Object.keys(object).map((key) => [key, {}]));
}

type Filled<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Without the fields that say nothing: absent, zero, or empty. */
function filled<T extends object>(fields: T): Filled<T> {
  const says = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value))) as Filled<T>;
}
