// A small form in a dialog: opens by its button, stays open with the error until the server agrees.
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import type { Outcome } from '../lib/outcome';

interface FormDialogProps {
  button: string;
  submit?: string;
  title: string;
  done: string;
  /**
   * Values by the inputs' names. Throws an error whose message says what is wrong; gives what came of
   * it where that is not `done`.
   */
  onSubmit(values: Record<string, string>): Promise<Outcome | void>;
  onOpen?(): void;
  children: ReactNode;
}

export function FormDialog({
  button,
  submit: submitLabel = 'Save',
  title,
  done,
  onSubmit,
  onOpen,
  children,
}: FormDialogProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const notify = useNotify();
  const refresh = useRefresh();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setBusy(true);
    setWrong(null);
    try {
      const { text, type } = (await onSubmit(values)) ?? { text: done, type: 'success' };
      setOpen(false);
      notify(text, { type });
      refresh();
    } catch (error) {
      setWrong((error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  function show() {
    setWrong(null);
    setOpen(true);
    onOpen?.();
  }

  return (
    <>
      <Button onClick={show}>{button}</Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="xs">
        <form noValidate onSubmit={(event) => void submit(event)}>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>
            {children}
            {wrong && (
              <Alert severity="error" sx={{ mt: 2 }}>
                {wrong}
              </Alert>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setOpen(false)}>Leave it</Button>
            <Button type="submit" variant="contained" loading={busy}>
              {submitLabel}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
