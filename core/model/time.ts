const TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2]))-(0[1-9]|[12]\d|3[01])T(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))$/;

/** True for a time that Go reads from JSON: RFC 3339, also with a decimal comma or a one-digit hour. */
export function isTime(value: unknown): boolean {
  const [, month, day] = typeof value === 'string' ? (TIME.exec(value) ?? []) : [];
  return month !== undefined && new Date(`${month}-${day}`).toISOString().startsWith(`${month}-${day}`);
}
