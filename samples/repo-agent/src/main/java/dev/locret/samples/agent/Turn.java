package dev.locret.samples.agent;

/**
 * What one request of the conversation cost.
 *
 * @param conversation tokens of the whole conversation
 * @param read tokens of it that were read for this request: those that had not been read before
 * @param answered tokens of the answer, which is a call but for the last one
 * @param entries cache entries of the fullest KV head
 * @param cacheBytes bytes of the cache
 * @param residentBytes memory of the process, 0 where the system does not tell
 * @param millis time to read and to answer
 */
record Turn(int conversation, int read, int answered, int entries, long cacheBytes, long residentBytes, long millis) {}
