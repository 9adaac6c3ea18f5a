package dev.locret.spring.autoconfigure;

/** When a model is loaded. */
enum LoadMode {
    /** Before the application has started, which fails if it cannot be loaded. */
    EAGER,
    /** While the application starts and runs; it takes no traffic before. */
    BACKGROUND,
    /** By the first call, which waits for it. */
    LAZY
}
