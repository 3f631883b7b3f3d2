// A step that moves stock or money: asks once more, takes a reason, says what came of it.
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  TextField,
} from '@mui/material';
import { useState, type ReactNode } from 'react';
import { useNotify } from 'react-admin';
import type { Outcome } from '../lib/outcome';

interface ActionDialogProps {
  button: string;
  title: string;
  done: string;
  danger?: boolean;
  children?: ReactNode;
  onConfirm(reason: string): Promise<Outcome | void>;
}

export function ActionDialog({
  button,
  title,
  done,
  danger = false,
  children,
  onConfirm,
}: ActionDialogProps) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const notify = useNotify();

  async function confirm() {
    setBusy(true);
    try {
      const { text, type } = (await onConfirm(reason.trim())) ?? { text: done, type: 'success' };
      setOpen(false);
      notify(text, { type });
    } catch (error) {
      notify((error as Error).message, { type: 'error' });
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button variant="outlined" color={danger ? 'error' : 'primary'} onClick={() => setOpen(true)}>
        {button}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="xs">
        <DialogTitle>{title}</DialogTitle>
        <DialogContent>
          {children}
          <TextField
            label="Reason (the customer sees it)"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            fullWidth
            multiline
            margin="dense"
            slotProps={{ htmlInput: { maxLength: 200 } }}
          />
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            variant="contained"
            color={danger ? 'error' : 'primary'}
            loading={busy}
            onClick={() => void confirm()}
          >
            {button}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
