/**
 * A number with commas between its thousands: `1,234,567`. For whole numbers it does without `toLocaleString`, whose
 * first call loads the locales, which takes 10 ms: a quarter of the start of the command line.
 */
export function grouped(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) return value.toLocaleString('en-US');
  const digits = String(value);
  const groups = [digits.slice(0, digits.length % 3 || 3)];
  for (let at = groups[0]?.length ?? 0; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3));
  return groups.join(',');
}
