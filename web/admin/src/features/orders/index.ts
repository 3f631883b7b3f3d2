// Orders in the dashboard.
import ReceiptLong from '@mui/icons-material/ReceiptLong';
import type { Order } from '@souk/shared';
import { OrderList } from './OrderList';
import { OrderShow } from './OrderShow';

export const orders = {
  name: 'orders',
  icon: ReceiptLong,
  list: OrderList,
  show: OrderShow,
  recordRepresentation: (order: Order) => order.number,
};
