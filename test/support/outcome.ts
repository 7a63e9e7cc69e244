import type { ExecutionConfig } from '../../core/model/config.ts';

const FIELDS = new Set(
  'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal Healthcheck OnBuild Shell'.split(' '),
);

/** The execution defaults of a config without null or empty ones, which engines may write or leave out. */
export function withoutEmpty(config: ExecutionConfig): ExecutionConfig {
  const says = (value: unknown): boolean =>
    typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : Boolean(value);
  return Object.fromEntries(Object.entries(config).filter(([field, value]) => FIELDS.has(field) && says(value)));
}
