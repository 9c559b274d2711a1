/** Values that a sample shows and nobody can mean: the domains of RFC 2606, angle brackets, "change me". */
export function isPlaceholder(value: string): boolean {
  return /(?:^|[^a-z0-9-])example\.(?:org|com|net)(?![a-z0-9.-]*[a-z0-9])|^example association$|<[^>]*>|change.?me|^to.?do$|^\s*$/iu.test(
    value,
  );
}

/** The value, unless it is a placeholder. */
export function real(value: string | undefined): string | undefined {
  return value === undefined || isPlaceholder(value) ? undefined : value;
}
