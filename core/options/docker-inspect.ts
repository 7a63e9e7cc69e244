import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../catalogue/parsed.ts';
import { LIMITS } from '../limits.ts';
import type { ExecutionConfig, Healthcheck } from '../model/config.ts';
import { excerpt } from '../catalogue/brief.ts';
import { normalizePlatform, type Platform } from '../model/platform.ts';
import { isDeeper, isObject, JsonFields, parseJson } from './json-fields.ts';
import { FIND_NAME, mistakenFor, mistakenText } from './not-inspect.ts';
import { beyond } from './refusal.ts';
import { type Engine, engineOf, withoutRunsEnv, withoutRunsLabels } from './run-settings.ts';

/** The settings that were read from the output of `docker inspect` for a container or an image. */
export interface Inspected {
  config: ExecutionConfig;
  /** The platform that `docker inspect` printed; null for most containers, because their output states none. */
  platform: Platform | null;
  /**
   * Sentences for the user about settings in the output of `docker inspect` that were left out, or put together from
   * several fields.
   */
  notes: Bilingual[];
}

/**
 * Parses the output of `docker`, `podman` or `nerdctl inspect` for one container or image. A file that is an image
 * config is accepted, too. Returns a refusal for any other text.
 */
export function configFromInspect(jsonText: string): Parsed<Inspected> {
  const object = theOneObject(jsonText);
  if (!object.ok) return object;
  const top = new JsonFields(object.value, '');
  const configName = object.value['config'] === undefined ? 'Config' : 'config';
  const config = new JsonFields(top.object(configName) ?? {}, `${configName}.`);
  const notes: Bilingual[] = [];
  const read = readConfig(top, config, isOfContainer(object.value) ? engineOf(top, config) : null, notes);
  const platform = readPlatform(top);
  const problem = top.problem ?? config.problem ?? read.problem;
  return problem === null ? parsed({ config: read.config, platform, notes }) : unreadable(problem);
}

function theOneObject(jsonText: string): Parsed<Record<string, unknown>> {
  if (isDeeper(jsonText, LIMITS.optionsDepth)) return beyond(TOO_DEEP, LIMITS.optionsDepth);
  const whole = parseJson(jsonText);
  const json = whole === undefined ? parseLines(jsonText) : whole;
  if (json === undefined) {
    const { problem, remedy } = mistakenText(jsonText.trimStart()) ?? { problem: NO_JSON, remedy: null };
    return unreadable(problem, remedy);
  }
  const values = (Array.isArray(json) ? json : [json]).map(fromBuildah);
  const [value] = values;
  if (value === undefined) return unreadable(both('it describes nothing', '什么也没有描述'), FIND_NAME);
  if (!isObject(value)) return unreadable(both('it describes neither a container nor an image', NEITHER_ZH));
  const mistaken = mistakenFor(value);
  if (mistaken !== null) return unreadable(mistaken.problem, mistaken.remedy);
  if (!isOfContainer(value) && !isOfImage(value))
    return unreadable(both('it describes neither a container nor an image', NEITHER_ZH));
  const ids = new Set(values.map((each) => JSON.stringify(isObject(each) ? (each['Id'] ?? each) : each)));
  if (ids.size === 1) return parsed(value);
  return unreadable(
    both(`it describes ${values.length} objects, and one is needed`, `描述了 ${values.length} 个对象，而只需要一个`),
  );
}

const TOO_DEEP = both(
  'the levels of lists and objects within each other in the inspect file',
  'inspect 文件中列表和对象的嵌套层数',
);
const NO_JSON = both('it is not JSON', '不是 JSON');
const NEITHER_ZH = '描述的既不是容器也不是镜像';

/**
 * Parses a text with one JSON object on each line, as `--format json` prints it, into a list of these objects. Empty
 * lines are skipped. Undefined when another line is not a JSON object, or when the text has fewer than two objects.
 */
function parseLines(text: string): unknown[] | undefined {
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    if (!isObject(value)) return undefined;
    values.push(value);
  }
  return values.length > 1 ? values : undefined;
}

/**
 * Returns the image config in Docker's form from the output of `buildah inspect`, because only that form has the health
 * check. A value that is not such output is returned unchanged.
 */
function fromBuildah(value: unknown): unknown {
  return isObject(value) && isObject(value['OCIv1']) && isObject(value['Docker']) ? value['Docker'] : value;
}

function isOfContainer(fields: Record<string, unknown>): boolean {
  return isObject(fields['State']) || 'HostConfig' in fields || 'NetworkSettings' in fields;
}

function isOfImage(fields: Record<string, unknown>): boolean {
  const hasPlatform = ['Architecture', 'architecture'].some((name) => name in fields);
  return hasPlatform || 'RootFS' in fields || 'rootfs' in fields;
}

function unreadable<T>({ en, zh }: Bilingual, remedy: Bilingual | null = null): Parsed<T> {
  return refused(
    both(`Cannot take the configuration from the inspect file: ${en}.`, `无法从 inspect 文件取得配置：${zh}。`),
    remedy ??
      both(
        'Make it with docker inspect NAME > inspect.json (or podman inspect, or nerdctl image inspect), where NAME is the one container or image.',
        '请用 docker inspect NAME > inspect.json（或 podman inspect、nerdctl image inspect）生成它，NAME 是那一个容器或镜像。',
      ),
  );
}

/**
 * Reads the config of a new image from the output of `docker inspect` or `podman inspect`. `engine` is the engine of
 * the inspected container; null for an image. Settings that belong only to that container are left out, and `notes`
 * gets sentences that tell the user so. In the result, `problem` names a field of the health check that has a wrong
 * type; null when there is none.
 */
function readConfig(
  top: JsonFields,
  fields: JsonFields,
  engine: Engine | null,
  notes: Bilingual[],
): { config: ExecutionConfig; problem: Bilingual | null } {
  const health = new JsonFields(fields.object('Healthcheck') ?? top.object('Healthcheck') ?? {}, 'Healthcheck.');
  const isElsewhere = engine === 'podman' || engine === 'nerdctl';
  const config = filled({
    User: fields.text('User'),
    ExposedPorts: emptyObjects(fields.object('ExposedPorts') ?? (isElsewhere ? shownPorts(top) : undefined)),
    Env: engine === null ? fields.texts('Env') : withoutRunsEnv(fields, engine, notes),
    Entrypoint: readEntrypoint(top, fields, notes),
    Cmd: readCommand(top, fields, engine, notes),
    Volumes: emptyObjects(fields.object('Volumes') ?? (isElsewhere ? anonymousVolumes(top) : undefined)),
    WorkingDir: fields.text('WorkingDir'),
    Labels: engine === null ? fields.pairs('Labels') : withoutRunsLabels(fields.pairs('Labels'), notes),
    StopSignal: readStopSignal(fields, engine),
    Healthcheck: readHealthcheck(health),
    OnBuild: fields.texts('OnBuild'),
    Shell: fields.texts('Shell'),
  });
  if (engine === 'nerdctl') notes.push(NERDCTL);
  return { config, problem: health.problem };
}

const NERDCTL = both(
  'Of a container nerdctl shows neither WORKDIR nor VOLUME, HEALTHCHECK and all of EXPOSE. Take them from the image: nerdctl image inspect IMAGE > inspect.json.',
  'nerdctl 不显示容器的 WORKDIR、VOLUME、HEALTHCHECK，EXPOSE 也不完整。请从镜像取得：nerdctl image inspect IMAGE > inspect.json。',
);

/**
 * Returns the words of CMD in the output of `inspect`; undefined when it has no CMD. For a container, nerdctl prints
 * the command only in `Path` and `Args`, together with the entrypoint. These are then the CMD, and `notes` gets a
 * sentence that says so.
 */
function readCommand(
  top: JsonFields,
  fields: JsonFields,
  engine: Engine | null,
  notes: Bilingual[],
): string[] | undefined {
  const own = fields.textOrTexts('Cmd');
  const path = top.text('Path') ?? '';
  const isSaid = [own, fields.any('Entrypoint')].some(
    (each) => each !== undefined && each !== '' && !isEmptyList(each),
  );
  if (engine === null || isSaid || path === '') return own;
  const command = [path, ...(top.texts('Args') ?? [])];
  notes.push(
    both(
      'CMD is the whole command of the container (Path and Args), as the inspect file gives no CMD and no ENTRYPOINT.',
      'inspect 文件没有给出 CMD 和 ENTRYPOINT，因此 CMD 取自容器的完整命令（Path 和 Args）。',
    ),
  );
  // With --init, nerdctl runs the command through a tini from the host.
  return command[0] === '/sbin/tini' && command[1] === '--' ? command.slice(2) : command;
}

/**
 * Returns the words of ENTRYPOINT in the output of `inspect`; undefined when it has none. podman before version 5 joins
 * the words of `Entrypoint` with spaces; they are still separate in `Path` and `Args`. If these do not fit, the text is
 * split at its spaces, and `notes` gets a sentence that says so.
 */
function readEntrypoint(top: JsonFields, fields: JsonFields, notes: Bilingual[]): string[] | undefined {
  const entrypoint = fields.any('Entrypoint');
  if (typeof entrypoint !== 'string') return fields.texts('Entrypoint');
  if (entrypoint === '') return undefined;
  const command = [top.text('Path') ?? '', ...(top.texts('Args') ?? [])];
  const words = command.slice(0, command.length - (fields.textOrTexts('Cmd') ?? []).length);
  if (words.join(' ') === entrypoint) return words;
  if (!/\s/.test(entrypoint)) return [entrypoint];
  const shown = excerpt(entrypoint);
  notes.push(
    both(
      `The entrypoint "${shown}" is one text in the inspect file; it was split at its spaces.`,
      `inspect 文件中的入口点 "${shown}" 是一整段文本；已按空格拆开。`,
    ),
  );
  return entrypoint.trim().split(/\s+/);
}

/**
 * Returns the stop signal in the output of `inspect`; undefined when it has none. podman before version 5 prints the
 * signal as a number, and nerdctl prints it as a label. For both engines, SIGTERM is treated as no signal, because
 * podman prints SIGTERM even if the image sets no signal.
 */
function readStopSignal(fields: JsonFields, engine: Engine | null): string | undefined {
  if (typeof fields.any('StopSignal') === 'number') {
    const signal = fields.count('StopSignal') ?? 0;
    return signal === 0 || signal === 15 ? undefined : String(signal);
  }
  const label = engine === 'nerdctl' ? fields.object('Labels')?.['io.containerd.image.config.stop-signal'] : undefined;
  const signal = fields.text('StopSignal') ?? (typeof label === 'string' ? label : undefined);
  return signal === 'SIGTERM' && (engine === 'podman' || engine === 'nerdctl') ? undefined : signal;
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

/**
 * Returns the ports in `NetworkSettings` of an inspected container, as an object with keys such as `80/tcp`; undefined
 * when there are none. podman before version 5 lists all exposed ports there, nerdctl only the published ones.
 */
function shownPorts(top: JsonFields): Record<string, unknown> | undefined {
  return new JsonFields(top.object('NetworkSettings') ?? {}, 'NetworkSettings.').object('Ports');
}

/**
 * Returns an object whose keys are the paths of the anonymous volumes of an inspected container, which come from the
 * VOLUMEs of its image. podman and nerdctl print them only as mounts whose names are 64 hex digits. The object is empty
 * when there are none.
 */
function anonymousVolumes(top: JsonFields): Record<string, unknown> {
  const mounts = top.any('Mounts');
  const anonymous = (Array.isArray(mounts) ? mounts : [])
    .filter(isObject)
    .filter((mount) => /^[0-9a-f]{64}$/.test(String(mount['Name'])));
  return Object.fromEntries(anonymous.map((mount) => [String(mount['Destination']), {}]));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function emptyObjects(object: Record<string, unknown> | undefined): Record<string, object> | undefined {
  return object && Object.fromEntries(Object.keys(object).map((key) => [key, {}]));
}

type Filled<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Returns an object without those of its fields that are absent, zero or empty. */
function filled<T extends object>(fields: T): Filled<T> {
  const says = (value: unknown): boolean =>
    typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value))) as Filled<T>;
}
