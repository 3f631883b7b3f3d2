// What came of a step that is more than done or refused: it goes on by itself, say.
export interface Outcome {
  text: string;
  type: 'info' | 'success' | 'warning' | 'error';
}
