package dev.locret.backend.cuda;

/**
 * A library that graphics cards need.
 *
 * @param name its file, or JCuda
 * @param path where it was found, or null
 * @param get what gets it if it was not, else null
 */
public record CudaLibrary(String name, String path, String get) {}
