// The part of gltf-validator's interface that the tests use; the package ships none.

declare module "gltf-validator" {
  interface Issue {
    code: string;
    message: string;
    pointer: string;
    /** 0 error, 1 warning, 2 information, 3 hint. */
    severity: number;
  }
  interface Report {
    mimeType: string;
    issues: { numErrors: number; messages: Issue[] };
  }
  const validator: { validateBytes(bytes: Uint8Array, options?: { format?: "glb" | "gltf" }): Promise<Report> };
  export default validator;
}
