import type { ExecutionConfig } from '../../core/model/config.ts';

const FIELDS = new Set(
  'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal Healthcheck OnBuild Shell'.split(' '),
);

/** A config's execution defaults without those that are null or empty, which engines write or leave out as they like. */
export function withoutEmpty(config: ExecutionConfig): ExecutionConfig {
  const says = (value: unknown): boolean =>
    typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : Boolean(value);
  return Object.fromEntries(Object.entries(config).filter(([field, value]) => FIELDS.has(field) && says(value)));
}
