package dev.locret.hub;

/**
 * A file as the hub announces it.
 *
 * @param path path inside the repository
 * @param hash hash of its content
 * @param bytes its length
 */
record RemoteFile(String path, BlobHash hash, long bytes) {}
