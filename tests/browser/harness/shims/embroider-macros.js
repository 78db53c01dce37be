export const isDevelopingApp = () => true;
export const isTesting = () => false;
export const macroCondition = (found) => found;
export const importSync = () => {
  throw new Error("importSync is not here");
};
export const dependencySatisfies = () => true;
export const getGlobalConfig = () => ({});
