const TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-4]):(?:[0-5]\d|60))$/;

/** True for a value that Go reads from JSON as a time: RFC 3339, also with a decimal comma or a one-digit hour. */
export function isTime(value: unknown): boolean {
  const [, year, month, day] = (typeof value === 'string' ? (TIME.exec(value) ?? []) : []).map(Number);
  return year !== undefined && month !== undefined && day !== undefined && day <= daysIn(month, year);
}

/**
 * Returns the number of days of a month; `month` is 1 for January. `Date` is not used, because browsers disagree about
 * 30 February.
 */
function daysIn(month: number, year: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
