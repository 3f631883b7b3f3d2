// Labelled inputs: the label is always visible, the error stands below and is tied to the input.
import { Eye, EyeOff } from 'lucide-react';
import {
  useState,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
} from 'react';
import { cx } from './classes';

interface Bound {
  id: string;
  name: string;
  value: string;
  error: string | undefined;
  onValue(value: string): void;
  label: string;
  hint?: string;
  optional?: boolean;
  className?: string;
}

type FieldProps = Bound & Omit<InputHTMLAttributes<HTMLInputElement>, keyof Bound>;
type SelectProps = Bound & Omit<SelectHTMLAttributes<HTMLSelectElement>, keyof Bound>;

const describedBy = ({ id, error, hint }: Bound) =>
  error ? `${id}-error` : hint ? `${id}-hint` : undefined;

export function Field({ onValue, label, hint, error, optional, className, ...input }: FieldProps) {
  const bound = { onValue, label, hint, error, optional, className, ...input };
  return (
    <Labelled {...bound}>
      <input
        {...input}
        className="field"
        aria-required={!optional}
        aria-invalid={!!error}
        aria-describedby={describedBy(bound)}
        onChange={(event) => onValue(event.target.value)}
      />
    </Labelled>
  );
}

export function PasswordField(props: FieldProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Field {...props} type={shown ? 'text' : 'password'} />
      <button
        type="button"
        className="absolute top-[1.9rem] right-1 grid size-11 place-items-center text-muted hover:text-ink"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Icon aria-hidden className="size-5" />
        <span className="sr-only">Show password</span>
      </button>
    </div>
  );
}

export function SelectField({
  onValue,
  label,
  hint,
  error,
  optional,
  className,
  children,
  ...select
}: SelectProps) {
  const bound = { onValue, label, hint, error, optional, className, ...select };
  return (
    <Labelled {...bound}>
      <select
        {...select}
        className="field"
        aria-required={!optional}
        aria-invalid={!!error}
        aria-describedby={describedBy(bound)}
        onChange={(event) => onValue(event.target.value)}
      >
        {children}
      </select>
    </Labelled>
  );
}

function Labelled({
  id,
  label,
  hint,
  error,
  optional,
  className,
  children,
}: Bound & { children: ReactNode }) {
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children}
      {error ? (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}
