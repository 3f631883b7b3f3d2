// Which span is told: a usual one by a click, another one by its first and last day.
import { Button, Chip, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { dayAfter, dayBefore, PRESETS, type Span } from './span';

interface SpanChooserProps {
  span: Span;
  onChange: (span: Span) => void;
}

export function SpanChooser({ span, onChange }: SpanChooserProps) {
  return (
    <Stack spacing={2}>
      <Stack
        direction="row"
        role="group"
        aria-label="Span"
        sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center' }}
      >
        {PRESETS.map(({ name, span: spanNow }) => {
          const preset = spanNow();
          const isChosen = preset.from === span.from && preset.until === span.until;
          return (
            <Chip
              key={name}
              label={name}
              aria-pressed={isChosen}
              color={isChosen ? 'primary' : 'default'}
              variant={isChosen ? 'filled' : 'outlined'}
              onClick={() => onChange(preset)}
            />
          );
        })}
      </Stack>
      <OwnSpan key={`${span.from} ${span.until}`} span={span} onChange={onChange} />
    </Stack>
  );
}

function OwnSpan({ span, onChange }: SpanChooserProps) {
  const [first, setFirst] = useState(span.from.slice(0, 10));
  const [last, setLast] = useState(
    span.until.length === 10 ? dayBefore(span.until) : span.until.slice(0, 10),
  );
  const isBackwards = first !== '' && last !== '' && first > last;
  const isValid = first !== '' && last !== '' && !isBackwards;
  return (
    <Stack
      component="form"
      direction="row"
      sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onChange({ from: first, until: dayAfter(last) });
      }}
    >
      <DayField label="First day" value={first} onChange={setFirst} />
      <DayField label="Last day" value={last} onChange={setLast} error={isBackwards} />
      <Button type="submit" variant="outlined" disabled={!isValid}>
        Show
      </Button>
    </Stack>
  );
}

interface DayFieldProps {
  label: string;
  value: string;
  onChange: (date: string) => void;
  error?: boolean;
}

const DayField = ({ label, value, onChange, error = false }: DayFieldProps) => (
  <TextField
    type="date"
    size="small"
    margin="none"
    fullWidth={false}
    sx={{ flex: '1 1 130px', maxWidth: 190 }}
    label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    slotProps={{ inputLabel: { shrink: true } }}
    error={error}
  />
);
