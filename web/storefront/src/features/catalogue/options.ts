// An option filter is written "Color:Red" in the address and on the wire.

export function optionFilter(name: string, value: string): string {
  return value.startsWith(`${name}:`) ? value : `${name}:${value}`;
}

export function optionValueOf(filter: string): string {
  return filter.slice(filter.indexOf(':') + 1);
}
