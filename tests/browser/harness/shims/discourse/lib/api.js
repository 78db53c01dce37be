export const initializers = [];
export function apiInitializer(begin) {
  initializers.push(begin);
  return { initialize() {} };
}
