/**
 * Writes a number with commas between its thousands: `1,234,567`. Whole numbers are written without `toLocaleString`,
 * because its first call takes 10 ms to load the locales.
 */
export function grouped(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) return value.toLocaleString('en-US');
  const digits = String(value);
  const groups = [digits.slice(0, digits.length % 3 || 3)];
  for (let at = groups[0]?.length ?? 0; at < digits.length; at += 3) groups.push(digits.slice(at, at + 3));
  return groups.join(',');
}
