// The fields of a product that are written in words. Prices and stock are in VariantTable.tsx.
import type { Product } from '@souk/shared';
import { required, SelectInput, TextArrayInput, TextInput } from 'react-admin';

export const STATUSES = [
  { id: 'draft', name: 'Draft: not on sale' },
  { id: 'active', name: 'Active: on sale' },
  { id: 'archived', name: 'Archived' },
];

const FIELDS = [
  'title',
  'handle',
  'description_html',
  'brand',
  'type',
  'tags',
  'status',
  'seo_title',
  'seo_description',
] as const;

/**
 * What may be written, and an empty field as null: the server refuses a field that it does not
 * know.
 */
export function productBody(form: Partial<Product>): Record<string, unknown> {
  const entries = FIELDS.filter((name) => form[name] !== undefined).map((name) => [
    name,
    form[name] || null,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

export const ProductForm = () => (
  <>
    <TextInput source="title" validate={required()} />
    <TextInput
      source="handle"
      helperText="The end of the page's address. Left empty, it comes from the title."
    />
    <SelectInput source="status" choices={STATUSES} defaultValue="draft" validate={required()} />
    <TextInput source="brand" />
    <TextInput source="type" />
    <TextArrayInput source="tags" />
    <TextInput source="description_html" label="Description (HTML)" multiline minRows={5} />
    <TextInput source="seo_title" label="Title for search engines" />
    <TextInput source="seo_description" label="Description for search engines" multiline />
  </>
);
