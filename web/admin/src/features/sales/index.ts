// What was sold in a span of time.
import QueryStats from '@mui/icons-material/QueryStats';
import { SalesReport } from './SalesReport';

export const sales = {
  name: 'sales',
  icon: QueryStats,
  list: SalesReport,
  options: { label: 'Sales' },
};
