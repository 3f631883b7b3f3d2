// A form's values, its errors by field, and the server's problem documents put where they belong.
import { ApiError, LIMITS } from '@souk/shared';
import { useState, type FormEvent } from 'react';

export type Values = Record<string, string>;
export type Errors = Record<string, string>;

export interface Form<V extends Values> {
  values: V;
  errors: Errors;
  /** What no single field is to blame for. */
  failure: unknown;
  busy: boolean;
  set(changes: Partial<V>): void;
  setErrors(errors: Errors): void;
  bind(name: keyof V & string): {
    id: string;
    name: string;
    value: string;
    error: string | undefined;
    onValue(value: string): void;
  };
  submit(event: FormEvent<HTMLFormElement>): void;
}

interface FormOptions<V> {
  id: string;
  initial: V;
  validate?: (values: V) => Errors;
  onSubmit: (values: V) => Promise<void>;
}

export function useForm<V extends Values>({
  id,
  initial,
  validate,
  onSubmit,
}: FormOptions<V>): Form<V> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  function show(found: Errors) {
    setErrors(found);
    const first = Object.keys(values).find((name) => found[name]);
    if (first) requestAnimationFrame(() => document.getElementById(`${id}-${first}`)?.focus());
  }

  async function run() {
    setFailure(null);
    const found = validate?.(values) ?? {};
    show(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await onSubmit(values);
    } catch (error) {
      const { fields, rest } = fieldErrors(error, Object.keys(values));
      show(fields);
      if (rest) setFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return {
    values,
    errors,
    failure,
    busy,
    set: (changes) => setValues((now) => ({ ...now, ...changes })),
    setErrors: show,
    bind: (name) => ({
      id: `${id}-${name}`,
      name,
      value: values[name] ?? '',
      error: errors[name],
      onValue(value) {
        setValues((now) => ({ ...now, [name]: value }));
        setErrors((now) =>
          Object.fromEntries(Object.entries(now).filter(([field]) => field !== name)),
        );
      },
    }),
    submit(event) {
      event.preventDefault();
      if (!busy) void run();
    },
  };
}

/** "shipping_address.line1" belongs to the field "line1" where the form has one of that name. */
function fieldErrors(error: unknown, names: string[]): { fields: Errors; rest: boolean } {
  if (!(error instanceof ApiError) || error.errors.length === 0) return { fields: {}, rest: true };
  const fields: Errors = {};
  let rest = false;
  for (const { field, detail } of error.errors) {
    const name = names.find((one) => one === field || field.endsWith(`.${one}`));
    if (name) fields[name] = sentence(detail);
    else rest = true;
  }
  return { fields, rest };
}

export const sentence = (text: string) =>
  text.charAt(0).toUpperCase() + text.slice(1).replace(/([^.!?])$/, '$1.');

export function required(values: Values, names: Record<string, string>): Errors {
  const missing = Object.entries(names).filter(([name]) => !values[name]?.trim());
  return Object.fromEntries(missing.map(([name, what]) => [name, `Enter ${what}.`]));
}

export function passwordErrors(values: Values): Errors {
  const { min } = LIMITS.user_new.password;
  const isShort = (values.password ?? '').length < min;
  return isShort ? { password: `Enter at least ${min} characters.` } : {};
}

export const isEmail = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
