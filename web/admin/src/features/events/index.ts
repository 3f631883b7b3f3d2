// Events whose delivery was given up: mails that nobody took, messages of one service to another.
import MarkEmailUnread from '@mui/icons-material/MarkEmailUnread';
import { EventList } from './EventList';

export const events = {
  name: 'events',
  icon: MarkEmailUnread,
  list: EventList,
  options: { label: 'Set aside' },
};
