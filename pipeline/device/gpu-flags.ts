// The numbers that WebGPU gives its usage flags (its specification fixes them). Dawn in Node puts no such names into the global
// scope, and we put none there either.

export const BUFFER = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
} as const;

export const QUERY_RESOLVE = 0x0200;
export const MAP_READ = 0x0001;
