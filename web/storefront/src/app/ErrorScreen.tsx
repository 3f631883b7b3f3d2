// The page for "this broke".
import type { ErrorComponentProps } from '@tanstack/react-router';
import { FailurePage } from '../components/Failure';
import { usePageTitle } from '../lib/page';

export function ErrorScreen({ error }: ErrorComponentProps) {
  usePageTitle('Something failed');
  return <FailurePage error={error} retry={() => location.reload()} />;
}
