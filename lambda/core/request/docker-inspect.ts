import { type Bilingual, both } from '../bilingual.ts';
import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import type { ExecutionConfig, Healthcheck } from '../image/config.ts';
import { JsonFields, isObject, parseJson } from './json-fields.ts';
import { normalizePlatform } from '../image/platform.ts';
import type { Platform } from '../image/platform.ts';

/** What `docker inspect` tells about how to run a container or an image. */
export interface Inspected {
  config: ExecutionConfig;
  /** Null for most containers: they do not say. */
  platform: Platform | null;
  /** What was left out or put together, a sentence each. */
  notes: Bilingual[];
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
  if (!isContainer && !isImage)
    return unreadable(both('it describes neither a container nor an image', '描述的既不是容器也不是镜像'));
  const config = new JsonFields(inner, `${configName}.`);
  const notes: Bilingual[] = [];
  const read = readConfig(top, config, isContainer, notes);
  const platform = readPlatform(top);
  const problem = top.problem ?? config.problem ?? read.problem;
  return problem === null ? parsed({ config: read.config, platform, notes }) : unreadable(problem);
}

function theOneObject(json: unknown): Parsed<Record<string, unknown>> {
  const values = Array.isArray(json) ? json : [json];
  const [value] = values;
  if (json === undefined) return unreadable(both('it is not JSON', '不是 JSON'));
  if (values.length > 1)
    return unreadable(
      both(`it describes ${values.length} objects, and one is needed`, `描述了 ${values.length} 个对象，而只需要一个`),
    );
  return isObject(value) ? parsed(value) : unreadable(both('it describes nothing', '什么也没有描述'));
}

function unreadable<T>({ en, zh }: Bilingual): Parsed<T> {
  return refused(
    both(`Cannot take the configuration from the inspect file: ${en}.`, `无法从 inspect 文件取得配置：${zh}。`),
    both(
      'Make it with docker inspect NAME > inspect.json, where NAME is the one container or image.',
      '请用 docker inspect NAME > inspect.json 生成它，NAME 是那一个容器或镜像。',
    ),
  );
}

function readConfig(
  top: JsonFields,
  fields: JsonFields,
  isContainer: boolean,
  notes: Bilingual[],
): { config: ExecutionConfig; problem: Bilingual | null } {
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
function readEntrypoint(top: JsonFields, fields: JsonFields, notes: Bilingual[]): string[] | undefined {
  const entrypoint = fields.any('Entrypoint');
  if (typeof entrypoint !== 'string') return fields.texts('Entrypoint');
  if (entrypoint === '') return undefined;
  const command = [top.text('Path') ?? '', ...(top.texts('Args') ?? [])];
  const words = command.slice(0, command.length - (fields.textOrTexts('Cmd') ?? []).length);
  if (words.join(' ') === entrypoint) return words;
  if (!/\s/.test(entrypoint)) return [entrypoint];
  notes.push(
    both(
      `The entrypoint "${entrypoint}" is one text in the inspect file; it was split at its spaces.`,
      `inspect 文件中的入口点 "${entrypoint}" 是一整段文本；已按空格拆开。`,
    ),
  );
  return entrypoint.trim().split(/\s+/);
}

function withoutRunsEnv(
  fields: JsonFields,
  isContainer: boolean,
  isPodmans: boolean,
  notes: Bilingual[],
): string[] | undefined {
  const env = fields.texts('Env');
  const ofTheRun = new Set(isPodmans ? PODMANS_ENV : []).add(`HOSTNAME=${fields.text('Hostname') ?? ''}`);
  const left = isContainer ? env?.filter((entry) => ofTheRun.has(entry)) : undefined;
  if (left === undefined || left.length === 0) return env;
  notes.push(
    both(
      `Left out of ENV what the engine sets for each container: ${left.join(', ')}.`,
      `已从 ENV 中去掉引擎为每个容器设置的变量：${left.join('、')}。`,
    ),
  );
  return env?.filter((entry) => !left.includes(entry));
}

function withoutRunsLabels(
  labels: Record<string, string> | undefined,
  isContainer: boolean,
  notes: Bilingual[],
): Record<string, string> | undefined {
  const left = isContainer ? Object.keys(labels ?? {}).filter((label) => LABELS_OF_A_RUN.test(label)) : [];
  if (labels === undefined || left.length === 0) return labels;
  notes.push(
    both(
      `Left out the labels by which tools find this one container: ${left.join(', ')}.`,
      `已去掉各种工具用来识别这一个容器的标签：${left.join('、')}。`,
    ),
  );
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
