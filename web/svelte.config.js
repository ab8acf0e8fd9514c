/** For the type checker and the editor; the build takes its own from vite.config.ts. */
export default { compilerOptions: { runes: true } };
